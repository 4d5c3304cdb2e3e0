/** The central directory of a ZIP file: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Contents stay compressed. */
import { Binary, Codec } from "@bytewright/core-binary"

/** 4.4.4: the bits that say how an entry was written. */
const GeneralPurpose = Binary.Bits(
  { encrypted: 1, compressionOption: 2, dataDescriptor: 1, unused: 7, utf8: 1, reserved: 4 },
  { order: "lsb" }
)

/** 4.4.5 */
const CompressionMethod = Binary.Enum(Binary.Uint16, { Stored: 0, Deflated: 8, Zstandard: 93 }, { open: true })

/** 4.4.6: as MS-DOS keeps time, in steps of two seconds. */
const DosTime = Binary.Bits({ seconds2: 5, minutes: 6, hours: 5 }, { order: "lsb" })
const DosDate = Binary.Bits({ day: 5, month: 4, yearsSince1980: 7 }, { order: "lsb" })

/** 4.3.7: stands before each entry's data. Lengths stand together, before what they count. */
const LocalFileHeader = Binary.Struct({
  signature: Binary.Magic([0x50, 0x4b, 3, 4]),
  versionNeeded: Binary.Uint16,
  generalPurpose: GeneralPurpose,
  compressionMethod: CompressionMethod,
  lastModTime: DosTime,
  lastModDate: DosDate,
  crc32: Binary.Uint32,
  compressedSize: Binary.Uint32,
  uncompressedSize: Binary.Uint32,
  fileNameLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("fileName")),
  extraFieldLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("extraField")),
  fileName: Binary.Bytes(Binary.field("fileNameLength")),
  extraField: Binary.Bytes(Binary.field("extraFieldLength")),
  data: Binary.Bytes(Binary.field("compressedSize"))
})

/** 4.3.12 */
const fileHeader = {
  signature: Binary.Magic([0x50, 0x4b, 1, 2]),
  versionMadeBy: Binary.Uint8,
  hostSystem: Binary.Enum(Binary.Uint8, { MsDos: 0, Unix: 3, Ntfs: 10, Darwin: 19 }, { open: true }),
  versionNeeded: Binary.Uint16,
  generalPurpose: GeneralPurpose,
  compressionMethod: CompressionMethod,
  lastModTime: DosTime,
  lastModDate: DosDate,
  crc32: Binary.Uint32,
  compressedSize: Binary.Uint32,
  uncompressedSize: Binary.Uint32,
  fileNameLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("fileName")),
  extraFieldLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("extraField")),
  fileCommentLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("fileComment")),
  diskNumberStart: Binary.Uint16,
  internalAttributes: Binary.Uint16,
  externalAttributes: Binary.Uint32,
  localHeaderOffset: Binary.Uint32,
  fileName: Binary.Utf8(Binary.field("fileNameLength")),
  extraField: Binary.Bytes(Binary.field("extraFieldLength")),
  fileComment: Binary.Utf8(Binary.field("fileCommentLength"))
}

/** 4.3.16 */
const endOfCentralDirectory = {
  signature: Binary.Magic([0x50, 0x4b, 5, 6]),
  diskNumber: Binary.Uint16,
  directoryDisk: Binary.Uint16,
  diskEntries: Binary.Uint16,
  totalEntries: Binary.Uint16,
  directorySize: Binary.Uint32,
  directoryOffset: Binary.Uint32,
  comment: Binary.Utf8(Binary.Uint16)
}

/** The headers one after the other and the record that ends them: both directions. */
export const CentralDirectory = Binary.littleEndian(
  Binary.Struct({
    headers: Binary.Array(
      Binary.Tagged(Binary.peek(Binary.Uint32), {
        File: [0x02014b50, Binary.Struct(fileHeader)],
        End: [0x06054b50, Binary.Struct(endOfCentralDirectory)]
      }),
      Binary.rest
    )
  })
)

/**
 * The same from its end, as a reader of archives goes: the record that ends the directory leads to the headers, and each
 * of them to its entry. Read it at `endOffset` of the file.
 */
export const Archive = Binary.littleEndian(
  Binary.Struct({
    ...endOfCentralDirectory,
    directory: Binary.Pointer(
      Binary.field("directoryOffset"),
      Binary.Array(
        Binary.Struct({
          ...fileHeader,
          local: Binary.Pointer(Binary.field("localHeaderOffset"), LocalFileHeader, { origin: "input" })
        }),
        Binary.field("totalEntries")
      ),
      { origin: "input" }
    )
  })
)

/** Where the end of central directory record starts: the last place that has its signature, or -1. */
export const endOffset = (file: Uint8Array): number => {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at--) {
    if (file[at] === 0x50 && file[at + 1] === 0x4b && file[at + 2] === 5 && file[at + 3] === 6) return at
  }
  return -1
}

export const archive = Codec.make(Archive)
export const centralDirectory = Codec.make(CentralDirectory)
