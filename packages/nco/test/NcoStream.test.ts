import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { Nco, NcoHeader, NcoStream, NdArray, Npy, Pickle } from "../src/index.ts"
import { describeError } from "./fixtures.ts"

const ok = Result.getOrThrow

describe("a stream whose end nobody knows", () => {
  it.effect("tells layouts apart by what an object may be long where no part is aligned", () =>
    Effect.gen(function* () {
      const pickle = ok(Pickle.encode({ n: 1 }))
      const npy = ok(Npy.encode(ok(NdArray.make("uint8", [3], Uint8Array.of(1, 2, 3)))))
      const pickleEnd = 34 + pickle.length
      const header = {
        abi: "ILP32-LE",
        start: 0,
        pickleStart: 34,
        pickleEnd,
        arrayStart: 64,
        arrayEnd: 64 + npy.length
      } as const
      const bytes = new Uint8Array(header.arrayEnd)
      NcoHeader.encodeInto(header, bytes)
      bytes.set(pickle, 34)
      bytes.set(npy, 64)
      assert.deepEqual(ok(Nco.decode(bytes)).header, header)
      const objects = yield* Stream.runCollect(
        NcoStream.decode()(Stream.make(bytes.subarray(0, 3), bytes.subarray(3, 50), bytes.subarray(50)))
      )
      assert.deepEqual(
        objects.map((object) => [object.header, object.metadata]),
        [[header, { n: 1 }]]
      )
      // A limit that both are within leaves it open.
      const error = yield* Effect.flip(
        Stream.runDrain(NcoStream.decode({ maxObjectBytes: 2 ** 33 })(Stream.make(bytes)))
      )
      assert.strictEqual(describeError(error), "AmbiguousAbi@0 header")
    })
  )
})
