import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Dtype, NdArray, Pickle, Py, Registry } from "../src/index.ts"
import { encode } from "./assemble.ts"

const ok = Result.getOrThrow

/** What NumPy is told: the calls and states that a pickle spells out, none of them made a value. */
const told = (value: unknown, options?: Pickle.EncodeOptions): Py.PyObject =>
  ok(
    Pickle.decode(encode(value, options), {
      profile: "lossless",
      registry: Registry.empty,
      unknownGlobals: "opaque"
    })
  ) as Py.PyObject

const stateOf = (object: unknown): ReadonlyArray<unknown> => ((object as Py.PyObject).state as Py.PyTuple).items

const itemsOf = (tuple: unknown): ReadonlyArray<unknown> => (tuple as Py.PyTuple).items

const described = (descr: unknown): Py.NumpyDtype => new Py.NumpyDtype(ok(Dtype.fromDescr(descr)))

/** The state of the only field of a dtype. */
const fieldOf = (dtype: Py.NumpyDtype): ReadonlyArray<unknown> => {
  const [, , , , fields] = stateOf(told(dtype))
  const [field] = [...(fields as Py.PyDict).values()]
  return stateOf(itemsOf(field)[0])
}

describe("what NumPy is told of a dtype", () => {
  it("has the metadata of a unit as the NumPy that is named takes them", () => {
    const dtype = described("<M8[25us]")
    const unit = new Py.PyTuple([new TextEncoder().encode("us"), 25n, 1n, 1n])
    // NumPy 1 fails over None when it is asked for the dtype's descr; NumPy 2 warns of a dict.
    const one = stateOf(told(dtype, { numpy: "numpy.core" }))
    assert.deepStrictEqual(one.slice(0, 2), [4n, "<"])
    const [metadata, parts] = itemsOf(one[8])
    assert.instanceOf(metadata, Py.PyDict)
    assert.strictEqual((metadata as Py.PyDict).size, 0)
    assert.deepStrictEqual((parts as Py.PyTuple).items, unit.items)
    const two = itemsOf(stateOf(told(dtype, { numpy: "numpy._core" }))[8])
    assert.deepStrictEqual([two[0], itemsOf(two[1])], [null, unit.items])
  })

  it("is of a subarray that it is the void of its size, with neither unit nor fields", () => {
    for (const [inner, size, flags] of [
      ["<M8[ns]", 16n, 0n],
      [[["x", "<m8"]], 16n, 16n],
      ["<f8", 16n, 0n]
    ] as const) {
      const state = fieldOf(described([["a", inner, [2]]]))
      assert.strictEqual(state.length, 8)
      assert.deepStrictEqual([state[0], state[1], ...state.slice(3)], [3n, "|", null, null, size, 1n, flags])
      const [base, shape] = itemsOf(state[2])
      assert.deepStrictEqual(itemsOf(shape), [2n])
      assert.strictEqual(stateOf(base).length, inner === "<f8" || typeof inner !== "string" ? 8 : 9)
    }
    assert.deepStrictEqual(itemsOf(fieldOf(described([["a", [["x", "<f8"]], [0]]]))[2]).length, 2)
  })

  it("reads the same again, in every protocol and under either name of NumPy", () => {
    const dtype = described([
      ["a", [["x", "<m8[25us]", [2, 1]]], [0]],
      [["T", "b"], [["y", ">M8[D]", [3]]], [2, 2]],
      ["c", "S0", [4]]
    ])
    for (const protocol of [2, 3, 4, 5] as const) {
      for (const numpy of ["numpy._core", "numpy.core"] as const) {
        const again = ok(Pickle.decode(encode(dtype, { protocol, numpy }), { profile: "lossless" }))
        assert.deepStrictEqual((again as Py.NumpyDtype).dtype, dtype.dtype)
      }
    }
  })
})

describe("what NumPy is told of an array", () => {
  it("is a buffer in protocol 5 only where its items have bytes, by which NumPy counts them", () => {
    const array = (name: string, shape: ReadonlyArray<number>, size: number) =>
      ok(NdArray.make(ok(Dtype.parse(name)), shape, new Uint8Array(size)))
    const named = (value: NdArray.NdArray) => String(told(value, { protocol: 5 }).class)
    assert.strictEqual(named(array("S1", [3], 3)), "numpy._core.numeric._frombuffer")
    assert.strictEqual(named(array("S1", [0], 0)), "numpy._core.numeric._frombuffer")
    for (const name of ["S0", "U0", "V0"]) {
      const empty = array(name, [2, 3], 0)
      assert.strictEqual(named(empty), "numpy._core.multiarray._reconstruct")
      const again = ok(Pickle.decode(encode(empty, { protocol: 5 }))) as NdArray.NdArray
      assert.deepStrictEqual([again.dtype, again.shape], [empty.dtype, [2, 3]])
    }
  })
})
