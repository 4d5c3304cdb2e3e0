/** The fixed part of a `.npy` file: numpy.lib.format, versions 1.0, 2.0 and 3.0. The header's text is a Python literal. */
import { Binary, Codec } from "@bytewright/core-binary"

/** The header's length is little endian, and wider from version 2.0 on; from 3.0 on its text is UTF-8. */
export const Npy = Binary.Struct({
  magic: Binary.Magic([0x93, ...new TextEncoder().encode("NUMPY")]),
  majorVersion: Binary.Literals(Binary.Uint8, [1, 2, 3]),
  minorVersion: Binary.Const(Binary.Uint8, 0),
  header: Binary.Tagged(Binary.field("majorVersion"), {
    V1: [1, Binary.Struct({ text: Binary.Latin1(Binary.Uint16LE) })],
    V2: [2, Binary.Struct({ text: Binary.Latin1(Binary.Uint32LE) })],
    V3: [3, Binary.Struct({ text: Binary.Utf8(Binary.Uint32LE) })]
  }),
  data: Binary.Bytes(Binary.rest)
})

export const codec = Codec.make(Npy)
