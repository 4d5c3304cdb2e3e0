/** Twenty other layouts in use, so that the engine has seen more than one codec. */
import * as Binary from "../src/Binary.ts"
import * as Codec from "../src/Codec.ts"

const numbers = [Binary.Int8, Binary.Uint16, Binary.Int32LE, Binary.Uint24, Binary.Float64] as const

/** Reads and writes a few thousand messages of twenty layouts. */
export const others = (backend: "generated" | "closures"): void => {
  const codecs = Array.from({ length: 20 }, (_, i) =>
    Codec.make(
      Binary.Struct({
        [`a${i}`]: numbers[i % 5]!,
        [`b${i}`]: Binary.Utf8(i % 2 === 0 ? Binary.Uint8 : Binary.Uint16),
        [`c${i}`]: Binary.Array(numbers[(i + 1) % 5]!, Binary.Uint8),
        [`d${i}`]: Binary.Int64,
        [`e${i}`]: Binary.Bytes(Binary.Varint())
      }),
      { backend }
    )
  )
  const target = new Uint8Array(256)
  for (let round = 0; round < 3000; round++) {
    codecs.forEach((codec, i) => {
      const value = { [`a${i}`]: 1, [`b${i}`]: "text", [`c${i}`]: [1, 2], [`d${i}`]: 5n, [`e${i}`]: new Uint8Array(3) }
      const end = codec.write(value as never, target, 0)
      if (codec.read(target, 0, end) === Codec.invalid) throw new Error("a layout does not read what it wrote")
    })
  }
}
