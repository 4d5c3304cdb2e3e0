/** What the fuzzer does with mutated NPY files, NCO objects and cache indices: decode them in every way, and write back what was accepted. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { damagedPickle } from "./pickles.ts"
import { Nco, NcoFile, NcoHeader, NcoStream, NengoIndex, Npy } from "../src/index.ts"

/** A way to use bytes; throws where something that must hold does not. */
export type Target = (bytes: Uint8Array) => void

const npy: Target = (bytes) => {
  const array = Npy.decode(bytes)
  if (Result.isFailure(array)) return
  const { data, shape, size } = array.success
  void data
  if (size <= 4096) array.success.toNested()
  const written = Npy.encode(array.success)
  if (Result.isFailure(written)) {
    if (written.failure.reason._tag !== "NotRepresentable") throw written.failure
    return
  }
  const again = Result.getOrThrow(Npy.decode(written.success, { maxHeaderSize: 1 << 20 }))
  if (!Equal.equals(again, array.success)) throw new Error(`an array of shape (${shape.join()}) changed`)
}

const header: Target = (bytes) => {
  const decoded = NcoHeader.decode(bytes)
  if (Result.isFailure(decoded)) return
  const { abi, arrayEnd, arrayStart, pickleEnd, pickleStart } = decoded.success
  const rises = NcoHeader.size(abi) <= pickleStart && pickleStart <= pickleEnd && pickleEnd <= arrayStart
  if (!rises || arrayStart > arrayEnd || arrayEnd > bytes.length) throw new Error("a header leaves its file")
}

const nco: Target = (bytes) => {
  const object = Nco.decode(bytes)
  const streamed = Effect.runSync(
    Effect.result(Stream.runCollect(Stream.take(NcoStream.decode()(Stream.make(bytes)), 1)))
  )
  // A stream does not know where its file ends, which may be all that tells two layouts apart.
  if (Result.isSuccess(object) && Result.isFailure(streamed) && streamed.failure.reason._tag !== "AmbiguousAbi")
    throw new Error("a stream refuses what bytes accept")
  const parts = Effect.runSync(Stream.runCollect(NcoFile.recover(NcoFile.fromBytes(bytes))))
  let end = 0
  for (const part of parts) {
    const [start, next] = part._tag === "Gap" ? [part.start, part.end] : [part.header.start, part.header.arrayEnd]
    if (start !== end || next <= start) throw new Error("recovered parts overlap, or leave a hole")
    end = next
  }
  if (end !== bytes.length) throw new Error("recovered parts do not reach the end")
}

const index: Target = (bytes) => {
  const decoded = NengoIndex.decode(bytes)
  if (Result.isSuccess(decoded)) Result.getOrThrow(NengoIndex.encode(decoded.success))
}

/** The targets for a file, by its name. */
export const targetsOf = (name: string): ReadonlyArray<Target> =>
  name.endsWith(".pkl")
    ? [damagedPickle]
    : name.endsWith(".npy")
      ? [npy]
      : name.endsWith(".nco")
        ? [nco, header]
        : name.endsWith("index")
          ? [index]
          : []
