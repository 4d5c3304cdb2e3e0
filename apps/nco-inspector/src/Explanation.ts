/** Headers as annotated hexdumps: each byte with the field it belongs to, right or wrong. */
import * as Explain from "@bytewright/core-binary/Explain"
import { NcoError, NcoFile, NcoHeader, NpyHeader, type Subfile } from "@bytewright/nco"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Input } from "./Input.ts"

/** What was explained, and what is wrong with it. */
export interface Explanation {
  readonly lines: ReadonlyArray<string>
  readonly error: NcoError.NcoError | undefined
}

const dump = (
  title: string,
  layout: Parameters<typeof Explain.explain>[0],
  bytes: Uint8Array
): ReadonlyArray<string> => [title, ...Explain.toText(Explain.explain(layout, bytes)).trimEnd().split("\n")]

/** The fixed part of an array that starts at a byte of a window, and its dictionary. */
const npy = (subfile: Subfile.Subfile, start: number): Effect.Effect<Explanation, NcoError.NcoError> =>
  Effect.gen(function* () {
    const prefix = yield* subfile.readAt(start, 12)
    const version = ([1, 2, 3] as const).find((known) => known === prefix[6]) ?? 1
    const size = version === 1 ? 10 : 12
    const lines = dump(`array at byte ${start}, NPY ${version}.0`, NpyHeader.layouts[version], prefix.subarray(0, size))
    const header = NpyHeader.decode(yield* subfile.readAt(start, 65_536 + size))
    if (Result.isFailure(header)) return { lines, error: header.failure }
    const { dataLength, dataOffset } = header.success
    const text = yield* subfile.readAt(start + size, dataOffset - size)
    const dictionary = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(text).trimEnd()
    const data = `data at byte ${start + dataOffset}, ${dataLength} bytes`
    return { lines: [...lines, dictionary, data], error: undefined }
  })

/** The header of the object that starts at a byte, in the layout that makes sense of it, else in the likeliest. */
const object = (file: NcoFile.NcoFile, index: number): Effect.Effect<Explanation, NcoError.NcoError> =>
  Effect.gen(function* () {
    const { subfile } = file
    const found = yield* Effect.result(NcoFile.nth(file, index))
    const start = Result.isSuccess(found) ? found.success.start : 0
    if (Result.isFailure(found) && (index !== 0 || found.failure.reason._tag === "NotFound"))
      return yield* found.failure
    const bytes = yield* subfile.readAt(start, 40)
    const padded = bytes.subarray(4, 8).every((byte) => byte === 0)
    const abi = Result.isSuccess(found) ? found.success.abi : padded ? "LP64-LE" : "ILP32-LE"
    const size = NcoHeader.size(abi)
    const lines = dump(`object ${index} at byte ${start}, ${abi}`, NcoHeader.layouts[abi], bytes.subarray(0, size))
    if (Result.isFailure(found)) return { lines, error: found.failure }
    const { arrayStart, pickleEnd, pickleStart } = found.success
    const array = yield* npy(subfile, arrayStart)
    return {
      lines: [...lines, `pickle at byte ${pickleStart}, ${pickleEnd - pickleStart} bytes`, ...array.lines],
      error: array.error
    }
  })

/** The headers of an input; a pickle has none, `nco disassemble` is for those. */
export const explain = (input: Input, index: number): Effect.Effect<Explanation, NcoError.NcoError> => {
  if (input._tag === "Nco") return object(input.file, index)
  if (input._tag === "Npy") return npy(input.subfile, 0)
  const detail = "only objects and .npy files have a header to explain: nco disassemble PATH is for pickles"
  return Effect.fail(NcoError.make({ _tag: "NotFound", detail }, 0))
}
