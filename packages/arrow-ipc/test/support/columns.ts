/** One column of every type: its field, what it is built of, and what it must read as. */
import { BigDecimal } from "effect"
import { ArrayBuilder, DataType, Schema } from "../../src/index.ts"

export interface Sample {
  readonly field: Schema.Field
  readonly values: ReadonlyArray<unknown>
  readonly reads: ReadonlyArray<unknown>
}

const { field } = Schema
const tag = (_tag: string): DataType.DataType => ({ _tag }) as DataType.DataType
const samples: Array<Sample> = []

const add = (
  name: string,
  type: DataType.DataType,
  values: ReadonlyArray<unknown>,
  reads: ReadonlyArray<unknown> = values,
  options?: Parameters<typeof field>[2]
): void => {
  samples.push({ field: field(name, type, options), values, reads })
}

const item = field("item", DataType.int(32))
const text = field("text", tag("Utf8"))

for (const bitWidth of [8, 16, 32] as const) {
  const top = 2 ** bitWidth
  add(`int${bitWidth}`, DataType.int(bitWidth), [-top / 2, null, top / 2 - 1, 0])
  add(`uint${bitWidth}`, DataType.int(bitWidth, false), [top - 1, null, 0n, 7], [top - 1, null, 0, 7])
}
add("int64", DataType.int(64), [-(2n ** 63n), null, 2n ** 63n - 1n, 5], [-(2n ** 63n), null, 2n ** 63n - 1n, 5n])
add("uint64", DataType.int(64, false), [2n ** 64n - 1n, null, 0n, 1n])
add("float16", DataType.float("HALF"), [1.5, null, Number.NaN, -0])
add("float32", DataType.float("SINGLE"), [1.5, null, Number.NaN, -Infinity])
add("float64", DataType.float("DOUBLE"), [0.1, undefined, Number.NaN, -0], [0.1, null, Number.NaN, -0])
add("bool", tag("Bool"), [true, null, false, true])
for (const [bitWidth, precision] of [
  [32, 9],
  [64, 18],
  [128, 38],
  [256, 76]
] as const) {
  add(
    `decimal${bitWidth}`,
    DataType.decimal(precision, 2, bitWidth),
    ["-1.5", null, BigDecimal.fromStringUnsafe("12.34"), 10n ** BigInt(precision) - 1n],
    [-150n, null, 1234n, 10n ** BigInt(precision) - 1n]
  )
}
add("decimal-negative-scale", DataType.decimal(5, -2), ["1200", null, 3n, "+0.00"], [12n, null, 3n, 0n])
add("date32", { _tag: "Date", unit: "DAY" }, [new Date("1970-01-03"), null, -1, 5], [2, null, -1, 5])
const day = 86_400_000n
add(
  "date64",
  { _tag: "Date", unit: "MILLISECOND" },
  [new Date("1970-01-03"), null, -day, 0],
  [2n * day, null, -day, 0n]
)
add("timestamp-local", DataType.timestamp("MILLISECOND"), [5n, null])
for (const [unit, scale] of [
  ["SECOND", 1n],
  ["MILLISECOND", 1_000n],
  ["MICROSECOND", 1_000_000n],
  ["NANOSECOND", 1_000_000_000n]
] as const) {
  const at = new Date("2001-02-03T04:05:06Z")
  const seconds = BigInt(at.getTime() / 1000)
  add(
    `timestamp-${unit}`,
    DataType.timestamp(unit, "UTC"),
    [at, null, 2n ** 63n - 1n, 3],
    [seconds * scale, null, 2n ** 63n - 1n, 3n]
  )
  const isShort = unit === "SECOND" || unit === "MILLISECOND"
  const last = 86_400n * scale - 1n
  add(
    `time-${unit}`,
    DataType.time(unit),
    [isShort ? Number(last) : last, null, 0, 1],
    isShort ? [Number(last), null, 0, 1] : [last, null, 0n, 1n]
  )
  add(`duration-${unit}`, { _tag: "Duration", unit }, [-5n, null, 7, 0n], [-5n, null, 7n, 0n])
}
add("interval-months", { _tag: "Interval", unit: "YEAR_MONTH" }, [12, null, -1, 0])
add("interval-days", { _tag: "Interval", unit: "DAY_TIME" }, [
  { days: 1, milliseconds: -2 },
  null,
  { days: -(2 ** 31), milliseconds: 0 },
  null
])
add("interval-mdn", { _tag: "Interval", unit: "MONTH_DAY_NANO" }, [
  { months: 1, days: -2, nanoseconds: 2n ** 63n - 1n },
  null,
  { months: 0, days: 0, nanoseconds: -1n },
  null
])
for (const kind of ["Utf8", "LargeUtf8", "Utf8View"]) {
  add(kind, tag(kind), ["", null, "grün und länger als zwölf Bytes", "ascii", "\u{1f600}"])
  add(`${kind}-ascii`, tag(kind), ["short", null, "longer than twelve bytes", ""])
}
for (const kind of ["Binary", "LargeBinary", "BinaryView"]) {
  add(kind, tag(kind), [new Uint8Array(0), null, Uint8Array.from({ length: 30 }, (_, i) => i), Uint8Array.of(1)])
}
add("BinaryView-short", tag("BinaryView"), [Uint8Array.of(1), null])
add("fixed-size-binary", { _tag: "FixedSizeBinary", byteWidth: 2 }, [Uint8Array.of(1, 2), null, Uint8Array.of(3, 4)])
for (const kind of ["List", "LargeList", "ListView", "LargeListView"]) {
  add(kind, tag(kind), [[1, null], null, [], Int16Array.of(7), new Set([8])], [[1, null], null, [], [7], [8]], {
    children: [item]
  })
}
add("fixed-size-list", { _tag: "FixedSizeList", listSize: 2 }, [[1, null], null, [3, 4]], undefined, {
  children: [item]
})
const required = field("n", DataType.int(8), { nullable: false })
add("fixed-size-list-required", { _tag: "FixedSizeList", listSize: 2 }, [[1, 2], null, [3, 4]], undefined, {
  children: [required]
})
add(
  "struct",
  tag("Struct"),
  [{ n: 1, text: "a" }, null, [3, null]],
  [{ n: 1, text: "a" }, null, { n: 3, text: null }],
  { children: [required, text] }
)
const inner = field("inner", tag("Struct"), { nullable: false, children: [required] })
add("struct-of-struct", tag("Struct"), [{ inner: { n: 1 } }, null], undefined, { children: [inner] })
add(
  "struct-proto",
  tag("Struct"),
  [JSON.parse('{ "__proto__": 1 }'), {}],
  [JSON.parse('{ "__proto__": 1 }'), JSON.parse('{ "__proto__": null }')],
  { children: [field("__proto__", DataType.int(8))] }
)
add("struct-same-names", tag("Struct"), [[1, 2], null], undefined, {
  children: [field("a", DataType.int(8)), field("a", DataType.int(8))]
})
const entries = field("entries", tag("Struct"), {
  nullable: false,
  children: [field("key", tag("Utf8"), { nullable: false }), field("value", DataType.int(8))]
})
add(
  "map",
  { _tag: "Map", keysSorted: false },
  [
    new Map([["a", 1]]),
    null,
    [
      ["b", null],
      ["b", 2]
    ],
    []
  ],
  [
    [["a", 1]],
    null,
    [
      ["b", null],
      ["b", 2]
    ],
    []
  ],
  { children: [entries] }
)
for (const mode of ["Sparse", "Dense"] as const) {
  add(
    `union-${mode}`,
    { _tag: "Union", mode, typeIds: [5, 9] },
    [ArrayBuilder.union(0, 1), ArrayBuilder.union(1, "a"), null, ArrayBuilder.union(1, null)],
    [1, "a", null, null],
    { children: [field("n", DataType.int(8)), text] }
  )
}
add(
  "union-required",
  { _tag: "Union", mode: "Sparse", typeIds: [0, 1] },
  [ArrayBuilder.union(1, "a"), ArrayBuilder.union(0, 3)],
  ["a", 3],
  { children: [required, text] }
)
for (const bitWidth of [16, 32, 64] as const) {
  add(`runs-${bitWidth}`, tag("RunEndEncoded"), ["a", "a", null, null, "b", "a"], undefined, {
    children: [field("run_ends", DataType.int(bitWidth), { nullable: false }), field("values", tag("Utf8"))]
  })
}
let id = 0n
const dictionary = (indexType: DataType.Int) => ({ id: id++, indexType, isOrdered: false })
for (const bitWidth of [8, 16, 32, 64] as const) {
  for (const isSigned of [true, false]) {
    add(`dictionary-${isSigned ? "int" : "uint"}${bitWidth}`, tag("Utf8"), ["a", null, "b", "a"], undefined, {
      dictionary: dictionary(DataType.int(bitWidth, isSigned))
    })
  }
}
add("dictionary-of-lists", tag("List"), [[1, 2], null, [1, 2], [3]], undefined, {
  children: [item],
  dictionary: dictionary(DataType.int(8))
})
add("dictionary-of-floats", DataType.float("DOUBLE"), [0, -0, Number.NaN, Number.NaN], undefined, {
  dictionary: dictionary(DataType.int(8))
})
add("list-of-dictionary", tag("List"), [["x", "y"], null, ["x"]], undefined, {
  children: [field("item", tag("Utf8"), { dictionary: dictionary(DataType.int(8)) })]
})
const deep = field("text", tag("Utf8"), { dictionary: dictionary(DataType.int(8)) })
add("dictionary-in-dictionary", tag("Struct"), [{ text: "a" }, { text: "b" }, null, { text: "a" }], undefined, {
  children: [deep],
  dictionary: dictionary(DataType.int(16))
})
add("struct-dictionary", tag("Struct"), [{ s: "a" }, null], undefined, {
  children: [field("s", tag("Utf8"), { nullable: false, dictionary: dictionary(DataType.int(8)) })]
})
add("null", tag("Null"), [null, undefined, null], [null, null, null])
add("empty", tag("Utf8"), [])
add("empty-list", tag("LargeList"), [], [], { children: [item] })
add("empty-runs", tag("RunEndEncoded"), [], [], {
  children: [field("run_ends", DataType.int(16), { nullable: false }), text]
})
add("empty-dictionary", tag("Utf8"), [null], [null], { dictionary: dictionary(DataType.int(8)) })

/** Samples of every type. */
export const everyType: ReadonlyArray<Sample> = samples
