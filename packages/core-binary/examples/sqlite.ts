/** The first page of an SQLite database: sqlite.org/fileformat2.html, sections 1.3 (database header) and 1.6 (b-tree pages). */
import { Binary, Codec } from "@bytewright/core-binary"

/** 1.3: the first 100 bytes of the file. */
export const DatabaseHeader = Binary.Struct({
  headerString: Binary.Magic("SQLite format 3\0"),
  /** A power of two; 1 stands for 65536. */
  pageSize: Binary.Uint16,
  writeVersion: Binary.Enum(Binary.Uint8, { Legacy: 1, WriteAheadLog: 2 }),
  readVersion: Binary.Enum(Binary.Uint8, { Legacy: 1, WriteAheadLog: 2 }),
  reservedSpace: Binary.Uint8,
  maximumEmbeddedPayloadFraction: Binary.Const(Binary.Uint8, 64),
  minimumEmbeddedPayloadFraction: Binary.Const(Binary.Uint8, 32),
  leafPayloadFraction: Binary.Const(Binary.Uint8, 32),
  fileChangeCounter: Binary.Uint32,
  databaseSize: Binary.Uint32,
  firstFreelistTrunkPage: Binary.Uint32,
  freelistPages: Binary.Uint32,
  schemaCookie: Binary.Uint32,
  schemaFormat: Binary.Literals(Binary.Uint32, [1, 2, 3, 4]),
  defaultPageCacheSize: Binary.Uint32,
  largestRootPage: Binary.Uint32,
  textEncoding: Binary.Enum(Binary.Uint32, { "UTF-8": 1, "UTF-16le": 2, "UTF-16be": 3 }),
  userVersion: Binary.Uint32,
  incrementalVacuum: Binary.Uint32,
  applicationId: Binary.Uint32,
  reserved: Binary.Padding(20, { verify: true }),
  versionValidFor: Binary.Uint32,
  sqliteVersionNumber: Binary.Uint32
})

/** A varint of up to eight groups, most significant first. (A ninth byte, which only numbers from 2^56 on have, would hold eight bits.) */
const Varint = Binary.Varint({ encoding: "vlq", bits: 64 })

/** 1.6: a cell of a table's leaf whose payload does not overflow. */
const TableLeafCell = Binary.Struct({
  payloadSize: Binary.Varint({ encoding: "vlq", bits: 64 }),
  rowid: Varint,
  payload: Binary.Bytes(Binary.field("payloadSize"))
})

/** Page 1: the header, then a leaf of the table `sqlite_schema`. Offsets count from the start of the page. */
export const SchemaPage = Binary.Struct({
  header: DatabaseHeader,
  pageType: Binary.Const(Binary.Uint8, 13),
  firstFreeblock: Binary.Uint16,
  cellCount: Binary.Uint16,
  cellContentStart: Binary.Uint16,
  fragmentedFreeBytes: Binary.Uint8,
  cells: Binary.Array(
    Binary.Struct({ pointer: Binary.Uint16, cell: Binary.Pointer(Binary.field("pointer"), TableLeafCell) }),
    Binary.field("cellCount")
  ),
  /** The unallocated space and the cells themselves, in no order. */
  content: Binary.Bytes(Binary.rest)
})

export const header = Codec.make(DatabaseHeader)
export const schemaPage = Codec.make(SchemaPage)
