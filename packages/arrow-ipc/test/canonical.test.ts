/** The canonical form that conformance and interoperability are told in: values of unions are those of their child. */
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { canonicalColumn } from "../conformance/canonical.ts"
import { ArrayBuilder, Columns, DataType, Schema } from "../src/index.ts"

const { field } = Schema
const union = field(
  "item",
  { _tag: "Union", mode: "Dense", typeIds: [0, 1] },
  { children: [field("n", DataType.int(8)), field("text", { _tag: "Utf8" })] }
)
const n = ArrayBuilder.union(0, 7)
const text = ArrayBuilder.union(1, "7")
const said = ["7", "s:7"]

const canonical = (field: Schema.Field, values: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  canonicalColumn(Columns.make(Result.getOrThrow(ArrayBuilder.make(field, values))))

describe("unions are said child by child", () => {
  it("alone", () => {
    assert.deepStrictEqual(canonical(union, [n, text]), said)
  })

  it.each(["List", "LargeList", "ListView", "LargeListView"] as const)("within a %s", (_tag) => {
    assert.deepStrictEqual(canonical(field("f", { _tag }, { children: [union] }), [[n, text], null, []]), [
      said,
      null,
      []
    ])
  })

  it("within lists of a fixed size, structs, maps and dictionaries", () => {
    const fixed = field("f", { _tag: "FixedSizeList", listSize: 2 }, { children: [union] })
    assert.deepStrictEqual(canonical(fixed, [[n, text], null]), [said, null])
    const struct = field("f", { _tag: "Struct" }, { children: [{ ...union, name: "u" }] })
    assert.deepStrictEqual(canonical(struct, [{ u: n }, null, { u: text }]), [["$", "7"], null, ["$", "s:7"]])
    const key = field("key", DataType.int(8), { nullable: false })
    const entries = field(
      "entries",
      { _tag: "Struct" },
      { nullable: false, children: [key, { ...union, name: "value" }] }
    )
    const map = field("f", { _tag: "Map", keysSorted: false }, { children: [entries] })
    assert.deepStrictEqual(canonical(map, [new Map([[1, text]]), null]), [[["1", "s:7"]], null])
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const encoded = field("f", { _tag: "List" }, { children: [union], dictionary })
    assert.deepStrictEqual(canonical(encoded, [[text], null, [n], [text]]), [["s:7"], null, ["7"], ["s:7"]])
  })
})
