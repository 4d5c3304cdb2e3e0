import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { expectTypeOf } from "vitest"
import { Pickle, Registry } from "../src/index.ts"
import { call, decode, encode, pickle, refused, unwritable } from "./assemble.ts"

class Bag {
  readonly items: Array<unknown> = []
  readonly entries: Array<readonly [unknown, unknown]> = []
  state: unknown = undefined
}

const bag: Registry.Entry<Bag> = {
  class: Bag,
  construct: (args, kwargs) => {
    const made = new Bag()
    made.items.push(...args, ...(kwargs === undefined ? [] : [kwargs]))
    return Result.succeed(made)
  },
  build: (value, state) => {
    value.state = state
    return state === null ? Result.fail("no state") : Result.succeed(value)
  },
  append: (value, item) => {
    value.items.push(item)
    return Result.succeed(value)
  },
  setItem: (value, key, item) => {
    value.entries.push([key, item])
    return Result.succeed(value)
  },
  reduce: ({ entries, items, state }) => ({ args: [], items, entries, state })
}

describe("entries of the user", () => {
  const registry = Registry.add(Registry.standard, "shop:Bag", bag)

  it("are filled by their own functions, and written by them", () => {
    const made = decode(`${call("shop:Bag", "I1\n")}(I2\nI3\neI4\na(Va\nI5\nuVb\nI6\ns(I7\nlb.`, { registry }) as Bag
    assert.instanceOf(made, Bag)
    assert.deepStrictEqual(made.items, [1, 2, 3, 4])
    assert.deepStrictEqual(made.entries, [
      ["a", 5],
      ["b", 6]
    ])
    assert.deepStrictEqual(made.state, [7])
    const again = Result.getOrThrow(
      Pickle.decode(encode([made, made], { registry }), { registry })
    ) as ReadonlyArray<Bag>
    assert.deepStrictEqual(again[0], made)
    assert.strictEqual(again[0], again[1])
    assert.include(unwritable(made).message, "an instance of Bag")
  })

  it("get keyword arguments", () => {
    const made = decode("cshop\nBag\n)}Vk\nI1\ns\x92.", { registry }) as Bag
    assert.deepStrictEqual(made.items, [{ k: 1 }])
  })

  it("do not hinder lists and dicts beside them", () => {
    const value = decode(`(${call("shop:Bag")}](I1\neI2\na}Va\nI3\ns(Vb\nI1\nd0q\x05l.`, {
      registry
    }) as ReadonlyArray<unknown>
    assert.deepStrictEqual(value.slice(1), [[1, 2], { a: 3 }])
  })

  it("may hand out values that are plain, and are not changed behind their back", () => {
    const plain: ReadonlyArray<readonly [object, string]> = [
      [[], "I1\na"],
      [[], "(I1\ne"],
      [{}, "Va\nI1\ns"],
      [new Map(), "Va\nI1\ns"]
    ]
    for (const [shared, step] of plain) {
      const registry = Registry.add(Registry.empty, "m:f", { construct: () => Result.succeed(shared) })
      assert.strictEqual(decode(`${call("m:f")}.`, { registry }), shared)
      assert.include(refused(`${call("m:f")}${step}.`, { registry }).message, "the registry's entry has no")
    }
  })

  it("may replace a value by what it becomes", () => {
    const frozen: Registry.Entry<ReadonlyArray<unknown>> = {
      construct: () => Result.succeed(Object.freeze([])),
      append: (value, item) => Result.succeed(Object.freeze([...value, item]))
    }
    const registry = Registry.add(Registry.empty, "m:f", frozen)
    // The value is in the memo three times over, once beyond a gap, before it grows.
    const text = `(${call("m:f")}q\x00q\x00r\x00\x00\x01\x00I1\na(I2\nI3\neh\x00j\x00\x00\x01\x00l.`
    const [first, second, third] = decode(text, { registry }) as ReadonlyArray<unknown>
    assert.deepStrictEqual(first, [1, 2, 3])
    assert.strictEqual(second, first)
    assert.strictEqual(third, first)
  })

  it("fail with what they say", () => {
    assert.include(refused(`${call("shop:Bag")}Nb.`, { registry }).message, "BUILD: build: no state")
    const failing = Registry.add(Registry.empty, "m:f", { construct: () => Result.fail("never") })
    assert.include(refused(`${call("m:f")}.`, { registry: failing }).message, "REDUCE: m.f: never")
    const reference = Registry.add(Registry.empty, "m:f", {})
    assert.include(refused(`${call("m:f")}.`, { registry: reference }).message, "m.f is only a reference")
  })
})

describe("registries", () => {
  /** Everything that a registry lets one see, in order. */
  const seen = (registry: Registry.Registry) => ({
    names: [...registry.names].sort(),
    entries: [...registry.entries],
    natives: [...registry.natives],
    constants: [...registry.constants],
    reducers: [...registry.reducers]
  })

  it("are made anew by add and without, and the old ones stay as they are", () => {
    const names = fc.constantFrom(
      "builtins:set",
      "builtins:Ellipsis",
      "shop:Bag",
      "shop:Box",
      "os:system",
      "numpy:dtype"
    )
    const steps = fc.array(fc.tuple(fc.constantFrom("add", "without"), names), { minLength: 1, maxLength: 8 })
    const start = fc.constantFrom(Registry.standard, Registry.empty)
    const before = [seen(Registry.standard), seen(Registry.empty)]
    fc.assert(
      fc.property(start, steps, (start, steps) => {
        let registry = start
        const expected = new Map<string, object | undefined>([...start.names].map((name) => [name, undefined]))
        for (const [step, name] of steps) {
          const old = seen(registry)
          const entry: Registry.Entry = { construct: () => Result.succeed({ name }) }
          const next = step === "add" ? Registry.add(registry, name, entry) : Registry.without(registry, name)
          assert.notStrictEqual(next, registry)
          assert.deepStrictEqual(seen(registry), old)
          if (step === "add") expected.set(name, entry)
          else expected.delete(name)
          registry = next
        }
        assert.deepStrictEqual([...registry.names].sort(), [...expected.keys()].sort())
        for (const [name, entry] of expected) assert.strictEqual(registry.entries.get(name), entry)
      })
    )
    assert.deepStrictEqual([seen(Registry.standard), seen(Registry.empty)], before)
  })

  it("stay the same while pickles are read, whatever these name", () => {
    const before = seen(Registry.standard)
    for (const text of [`${call("os:system", "Vx\n")}.`, `${call("builtins:set")}.`, "cbuiltins\n__proto__\n."]) {
      Pickle.decode(pickle(text))
      Pickle.decode(pickle(text), { unknownGlobals: "opaque" })
      Pickle.scan(pickle(text))
    }
    assert.deepStrictEqual(seen(Registry.standard), before)
    assert.isFalse(Registry.standard.names.has("builtins:__proto__"))
  })

  it("refuse to be changed, as far as types can say", () => {
    expectTypeOf(Registry.standard.names).toEqualTypeOf<ReadonlySet<string>>()
    expectTypeOf(Registry.standard.entries).toEqualTypeOf<ReadonlyMap<string, Registry.Entry>>()
    expectTypeOf(Registry.add<Bag>)
      .parameter(2)
      .toEqualTypeOf<Registry.Entry<Bag>>()
    expectTypeOf(Registry.without).returns.toEqualTypeOf<Registry.Registry>()
  })

  it("do not change", () => {
    const without = Registry.without(Registry.standard, "builtins:set", "builtins:Ellipsis")
    assert.strictEqual(refused(`${call("builtins:set")}.`, { registry: without }).reason._tag, "PickleUnknownGlobal")
    assert.strictEqual(refused("cbuiltins\nEllipsis\n.", { registry: without }).reason._tag, "PickleUnknownGlobal")
    assert.deepStrictEqual(decode(`${call("builtins:set")}.`), new Set())
    assert.strictEqual(Registry.empty.names.size, 0)
  })

  it("may replace what is standard", () => {
    const registry = Registry.add(Registry.standard, "builtins:set", { construct: () => Result.succeed(["mine"]) })
    assert.deepStrictEqual(decode(`${call("__builtin__:set")}.`, { registry }), ["mine"])
  })
})
