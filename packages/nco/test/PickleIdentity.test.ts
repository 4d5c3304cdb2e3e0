import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { NdArray, Pickle, Py } from "../src/index.ts"
import { encode, unwritable } from "./assemble.ts"

const ok = Result.getOrThrow

/** A graph of containers: of each node its kind, and what it holds (numbers of nodes, or of leaves beyond them). */
interface Graph {
  readonly kinds: ReadonlyArray<"list" | "record" | "map" | "set" | "ordered">
  readonly edges: ReadonlyArray<ReadonlyArray<number>>
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    kinds: fc.array(fc.constantFrom("list", "record", "map", "set", "ordered"), { minLength: count, maxLength: count }),
    edges: fc.array(fc.array(fc.nat(count + 3), { maxLength: 5 }), { minLength: count, maxLength: count })
  })
) as fc.Arbitrary<Graph>

/** The graph as values; sets hold leaves alone, as Python could not hash anything else. */
const build = ({ edges, kinds }: Graph): unknown => {
  const nodes = kinds.map((kind): object => {
    switch (kind) {
      case "list":
        return []
      case "record":
        return {}
      case "map":
        return new Map()
      case "set":
        return new Set()
      case "ordered":
        return new Py.PyOrderedDict()
    }
  })
  const at = (edge: number): unknown => nodes[edge] ?? `leaf ${edge - nodes.length}`
  for (const [i, node] of nodes.entries()) {
    for (const [k, edge] of edges[i]!.entries()) {
      if (Array.isArray(node)) node.push(at(edge))
      else if (node instanceof Set) node.add(`leaf ${edge}`)
      else if (node instanceof Map) node.set(`key ${k}`, at(edge))
      else if (node instanceof Py.PyOrderedDict) node.set(`key ${k}`, at(edge))
      else (node as Record<string, unknown>)[`key ${k}`] = at(edge)
    }
  }
  return nodes[0]
}

/** Walks a value and numbers its objects as they are met: equal texts are equal graphs, sharing and cycles included. */
const drawn = (root: unknown): string => {
  const numbers = new Map<object, number>()
  const lines: Array<string> = []
  const draw = (value: unknown): string => {
    if (typeof value !== "object" || value === null) return JSON.stringify(value)
    const known = numbers.get(value)
    if (known !== undefined) return `#${known}`
    const number = numbers.size
    numbers.set(value, number)
    const pairs: ReadonlyArray<readonly [unknown, unknown]> =
      value instanceof Map || value instanceof Py.PyDict
        ? [...value]
        : value instanceof Set
          ? [...value].map((item) => [item, null])
          : Object.entries(value)
    const kind = value instanceof Py.PyOrderedDict ? "ordered" : value instanceof Set ? "set" : Array.isArray(value)
    lines.push(`${number} ${kind}: ${pairs.map(([key, item]) => `${String(key)}=${draw(item)}`).join()}`)
    return `#${number}`
  }
  return `${draw(root)}\n${lines.join("\n")}`
}

const protocols = [2, 3, 4, 5] as const

describe("identity", () => {
  it("of every graph is kept in every protocol", () => {
    fc.assert(
      fc.property(graphs, fc.constantFrom(...protocols), (graph, protocol) => {
        const value = build(graph)
        const again = ok(Pickle.decode(encode(value, { protocol }), { dicts: "map" }))
        // A record and a `Map` are both a dict.
        assert.strictEqual(drawn(again), drawn(value))
      }),
      { numRuns: 500 }
    )
  })

  it("is kept where the first shared value comes after many that are not", () => {
    for (const count of [0, 1, 300, 70_000]) {
      const late: Array<unknown> = []
      const early = { early: [] }
      const value = [early, ...Array.from({ length: count }, (_, i) => [i]), late, late, early.early, early]
      const items = ok(Pickle.decode(encode(value))) as ReadonlyArray<unknown>
      assert.strictEqual(items.length, count + 5)
      assert.strictEqual(items.at(-4), items.at(-3))
      assert.strictEqual(items.at(-1), items[0])
      assert.strictEqual(items.at(-2), (items[0] as { early: unknown }).early)
      if (count > 0) assert.deepStrictEqual(items[count], [count - 1])
    }
  })

  it("is that of instances too, before and after the first shared list", () => {
    const tuple = new Py.PyTuple([1n, []])
    const array = ok(NdArray.make("int8", [2], Int8Array.of(1, 2)))
    const list: Array<unknown> = []
    const value = [tuple, array, tuple, list, list, array, tuple, { tuple }]
    const again = ok(Pickle.decode(encode(value))) as ReadonlyArray<unknown>
    assert.strictEqual(again[2], again[0])
    assert.strictEqual(again[5], again[1])
    assert.strictEqual(again[4], again[3])
    assert.strictEqual((again[7] as { tuple: unknown }).tuple, again[0])
  })

  it("costs nothing where it is not asked for, and cycles are then refused", () => {
    const shared = [1]
    const tree = encode([shared, shared], { identity: "tree" })
    const names = ok(Pickle.instructions(tree)).map(({ name }) => name)
    assert.isFalse(names.some((name) => /MEMOIZE|GET/.test(name)))
    const [first, second] = ok(Pickle.decode(tree)) as ReadonlyArray<unknown>
    assert.deepStrictEqual(first, second)
    assert.notStrictEqual(first, second)
    const loop: Array<unknown> = []
    loop.push(loop)
    assert.strictEqual(unwritable(loop, { identity: "tree" }).reason._tag, "LimitExceeded")
  })

  it("does not count against the depth", () => {
    // The deepest list holds the outermost, which was written long ago.
    const chain: Array<Array<unknown>> = Array.from({ length: 10 }, () => [])
    for (const [i, list] of chain.entries()) list.push(chain[(i + 1) % 10])
    assert.isTrue(Result.isSuccess(Pickle.encode(chain[0], { maxDepth: 10 })))
    const { path, reason } = unwritable(chain[0], { maxDepth: 9 })
    assert.deepStrictEqual(reason, { _tag: "LimitExceeded", limit: "maxDepth", value: 10, maximum: 9 })
    assert.strictEqual(path, "0/0/0/0/0/0/0/0/0")
  })

  it("asks for a persistent id each time, as CPython does", () => {
    const shared = { name: "row" }
    const asked: Array<object> = []
    const bytes = encode([shared, shared, { shared }], {
      persistentId: (value) => {
        asked.push(value)
        return value === shared ? 7 : undefined
      }
    })
    assert.strictEqual(asked.filter((value) => value === shared).length, 3)
    const loaded = { loaded: true }
    const again = ok(Pickle.decode(bytes, { persistentLoad: () => Result.succeed(loaded) }))
    assert.deepStrictEqual(again, [loaded, loaded, { shared: loaded }])
  })
})

describe("ints", () => {
  it("between 32 and 53 bits are as long as they must be, and come back", () => {
    const near = fc
      .tuple(fc.integer({ min: 0, max: 53 }), fc.integer({ min: -3, max: 3 }), fc.boolean())
      .map(([bits, off, negative]) => (2 ** bits + off) * (negative ? -1 : 1) + 0)
      .filter((n) => Number.isSafeInteger(n))
    fc.assert(
      fc.property(near, fc.constantFrom(...protocols), (value, protocol) => {
        const bytes = encode(value, { protocol })
        assert.strictEqual(ok(Pickle.decode(bytes)), value)
        assert.deepStrictEqual(bytes, encode(BigInt(value), { protocol }))
        assert.strictEqual(ok(Pickle.decode(bytes, { profile: "lossless" })), BigInt(value))
      }),
      { numRuns: 1000 }
    )
  })
})
