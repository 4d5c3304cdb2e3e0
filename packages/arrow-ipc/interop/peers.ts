/** Reads what we wrote with the other JavaScript implementations, where they can. */
import { isDeepStrictEqual } from "node:util"
import * as zlib from "node:zlib"
import * as flechette from "@uwdata/flechette"
import * as apache from "apache-arrow"
import { type DataType, Lz4Frame, type Schema, type Table } from "../src/index.ts"

interface Written {
  readonly name: string
  readonly bytes: Uint8Array
  readonly table: Table.Table
}

const zstd = {
  encode: (bytes: Uint8Array): Uint8Array => zlib.zstdCompressSync(bytes),
  decode: (bytes: Uint8Array): Uint8Array => zlib.zstdDecompressSync(bytes)
}
const lz4 = {
  encode: (bytes: Uint8Array): Uint8Array => Lz4Frame.encode(bytes),
  decode: (bytes: Uint8Array): Uint8Array => Lz4Frame.codec.decompress(bytes, contentSize(bytes))
}

const contentSize = (frame: Uint8Array): number =>
  Number(new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getBigUint64(6, true))

/** Types whose values both peers give as we do, or nearly so. */
const plain = (type: DataType.DataType): boolean =>
  ["Bool", "Utf8", "LargeUtf8", "Binary", "LargeBinary", "Int", "FixedSizeBinary"].includes(type._tag) ||
  (type._tag === "FloatingPoint" && type.precision !== "HALF")

const isPlain = ({ dictionary, type }: Schema.Field): boolean => dictionary === undefined && plain(type)

const sameValue = (ours: unknown, theirs: unknown): boolean =>
  ours instanceof Uint8Array
    ? theirs instanceof Uint8Array && Buffer.compare(ours, theirs) === 0
    : isDeepStrictEqual(ours, typeof theirs === "number" && typeof ours === "bigint" ? BigInt(theirs) : theirs)

interface Peer {
  readonly name: string
  readonly rows: (bytes: Uint8Array) => {
    readonly length: number
    readonly at: (column: number, row: number) => unknown
  }
}

const peers: ReadonlyArray<Peer> = [
  {
    name: "apache-arrow 21.2.0",
    rows: (bytes) => {
      const table = apache.tableFromIPC(bytes)
      return { length: table.numRows, at: (column, row) => table.getChildAt(column)!.get(row) as unknown }
    }
  },
  {
    name: "flechette 2.6.0",
    rows: (bytes) => {
      const table = flechette.tableFromIPC(bytes, { useBigInt: true })
      return { length: table.numRows, at: (column, row) => table.getChildAt(column).at(row) as unknown }
    }
  }
]

const registerCodecs = (): void => {
  apache.compressionRegistry.set(apache.CompressionType.ZSTD, zstd)
  apache.compressionRegistry.set(apache.CompressionType.LZ4_FRAME, lz4)
  flechette.setCompressionCodec(flechette.CompressionType.ZSTD, zstd)
  flechette.setCompressionCodec(flechette.CompressionType.LZ4_FRAME, lz4)
}

const read = (peer: Peer, { bytes, table }: Written): string => {
  try {
    const rows = peer.rows(bytes)
    if (rows.length !== table.length) return `it has ${rows.length} rows`
    for (const [column, field] of table.schema.fields.entries()) {
      if (!isPlain(field)) continue
      const ours = table.column(column)
      for (let row = 0; row < table.length; row++) {
        if (!sameValue(ours.get(row), rows.at(column, row))) return `column ${field.name} differs`
      }
    }
    return "equal"
  } catch (error) {
    return String((error as Error).message).slice(0, 80)
  }
}

/** One line a peer: how many it read equal, and why not the others. */
export const readByPeers = (written: ReadonlyArray<Written>): ReadonlyArray<string> => {
  registerCodecs()
  return peers.map((peer) => {
    const outcomes = new Map<string, number>()
    for (const one of written) {
      const outcome = read(peer, one).replaceAll(/\d+/g, "N")
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const others = [...outcomes].filter(([outcome]) => outcome !== "equal").sort((a, b) => b[1] - a[1])
    const reasons = others.map(([outcome, count]) => `\n  ${count} x ${outcome}`).join("")
    return `${peer.name}: ${outcomes.get("equal") ?? 0} of ${written.length} read equal${reasons}`
  })
}
