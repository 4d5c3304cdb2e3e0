/** PNG files: ISO/IEC 15948, chapters 5 and 11. The compressed image data stays as it is. */
import { Binary, Checksum, Codec } from "@bytewright/core-binary"

/** The four ASCII letters of a chunk type as the number that they are on the wire. */
const chunkTypes = {
  IHDR: 0x49484452,
  PLTE: 0x504c5445,
  IDAT: 0x49444154,
  IEND: 0x49454e44,
  gAMA: 0x67414d41,
  pHYs: 0x70485973,
  tEXt: 0x74455874
} as const

/** 11.2.2 */
const ImageHeader = Binary.Struct({
  width: Binary.Uint32,
  height: Binary.Uint32,
  bitDepth: Binary.Literals(Binary.Uint8, [1, 2, 4, 8, 16]),
  colourType: Binary.Enum(Binary.Uint8, {
    Greyscale: 0,
    Truecolour: 2,
    Indexed: 3,
    GreyscaleAlpha: 4,
    TruecolourAlpha: 6
  }),
  compressionMethod: Binary.Const(Binary.Uint8, 0),
  filterMethod: Binary.Const(Binary.Uint8, 0),
  interlaceMethod: Binary.Enum(Binary.Uint8, { None: 0, Adam7: 1 })
})

/** 11.2.3 */
const Palette = Binary.Array(Binary.Struct({ red: Binary.Uint8, green: Binary.Uint8, blue: Binary.Uint8 }), Binary.rest)

/** 11.3.5.3 */
const PhysicalDimensions = Binary.Struct({
  pixelsPerUnitX: Binary.Uint32,
  pixelsPerUnitY: Binary.Uint32,
  unit: Binary.Enum(Binary.Uint8, { Unknown: 0, Metre: 1 })
})

/** 11.3.4.3 */
const Text = Binary.Struct({ keyword: Binary.Latin1(Binary.terminated(0)), text: Binary.Latin1(Binary.rest) })

/** 5.3: the length counts the data alone; the CRC (5.5) is over the type and the data. */
const Chunk = Binary.Struct({
  length: Binary.Computed(Binary.Uint32, Binary.sizeOf("data")),
  type: Binary.Enum(Binary.Uint32, chunkTypes, { open: true }),
  data: Binary.Window(
    Binary.field("length"),
    Binary.Tagged(Binary.field("type"), {
      IHDR: [chunkTypes.IHDR, ImageHeader],
      PLTE: [chunkTypes.PLTE, Palette],
      IDAT: [chunkTypes.IDAT, Binary.Bytes(Binary.rest)],
      IEND: [chunkTypes.IEND, Binary.Struct({})],
      gAMA: [chunkTypes.gAMA, Binary.Struct({ gamma: Binary.Uint32 })],
      pHYs: [chunkTypes.pHYs, PhysicalDimensions],
      tEXt: [chunkTypes.tEXt, Text],
      Other: [Binary.otherwise, Binary.Bytes(Binary.rest)]
    })
  ),
  crc: Binary.Checksum(Binary.Uint32, Checksum.crc32, { from: "type" })
})

/** 5.2: the signature tells a file that was damaged in transfer from one that was not. */
export const Png = Binary.Struct({
  signature: Binary.Magic([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
  chunks: Binary.Array(Chunk, Binary.rest)
})

export const codec = Codec.make(Png)
