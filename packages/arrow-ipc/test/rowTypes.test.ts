/** The static types of rows are what reading gives: each is compared by the compiler, and the values by the test. */
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Arrow, type ArrowType, type FixedColumn } from "../src/index.ts"

/** `true` only where two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only for types that are the same. */
const same = <A, B>(isSame: Same<A, B>): boolean => isSame

const Everything = Arrow.schema({
  int8: Arrow.int8,
  uint32: Arrow.uint32,
  int64: Arrow.int64,
  uint64: Arrow.uint64,
  float16: Arrow.float16,
  float64: Arrow.nullable(Arrow.float64),
  bool: Arrow.bool,
  utf8: Arrow.utf8,
  utf8View: Arrow.nullable(Arrow.utf8View),
  largeBinary: Arrow.largeBinary,
  fixed: Arrow.fixedSizeBinary(2),
  date32: Arrow.date32,
  date64: Arrow.date64,
  time32: Arrow.time32("SECOND"),
  time64: Arrow.time64("NANOSECOND"),
  timestamp: Arrow.timestamp("MICROSECOND", "UTC"),
  duration: Arrow.duration("SECOND"),
  decimal: Arrow.decimal(10, 2),
  months: Arrow.intervalYearMonth,
  days: Arrow.intervalDayTime,
  nanos: Arrow.intervalMonthDayNano,
  list: Arrow.list(Arrow.nullable(Arrow.int32)),
  nested: Arrow.largeList(Arrow.fixedSizeList(Arrow.utf8, 2)),
  struct: Arrow.struct({ a: Arrow.int8, b: Arrow.nullable(Arrow.utf8) }),
  map: Arrow.map(Arrow.utf8, Arrow.nullable(Arrow.int64)),
  dictionary: Arrow.dictionary(Arrow.utf8, 0n)
})

interface Expected {
  readonly int8: number
  readonly uint32: number
  readonly int64: bigint
  readonly uint64: bigint
  readonly float16: number
  readonly float64: number | null
  readonly bool: boolean
  readonly utf8: string
  readonly utf8View: string | null
  readonly largeBinary: Uint8Array
  readonly fixed: Uint8Array
  readonly date32: number
  readonly date64: bigint
  readonly time32: number
  readonly time64: bigint
  readonly timestamp: bigint
  readonly duration: bigint
  readonly decimal: bigint
  readonly months: number
  readonly days: FixedColumn.DayTime
  readonly nanos: FixedColumn.MonthDayNano
  readonly list: ReadonlyArray<number | null>
  readonly nested: ReadonlyArray<ReadonlyArray<string>>
  readonly struct: { readonly a: number; readonly b: string | null }
  readonly map: ReadonlyArray<readonly [string, bigint | null]>
  readonly dictionary: string
}

const row: Expected = {
  int8: -1,
  uint32: 2 ** 32 - 1,
  int64: -5n,
  uint64: 2n ** 64n - 1n,
  float16: 0.5,
  float64: null,
  bool: true,
  utf8: "a",
  utf8View: null,
  largeBinary: Uint8Array.of(1),
  fixed: Uint8Array.of(1, 2),
  date32: 3,
  date64: 86_400_000n,
  time32: 4,
  time64: 5n,
  timestamp: 6n,
  duration: 7n,
  decimal: 123n,
  months: 8,
  days: { days: 1, milliseconds: 2 },
  nanos: { months: 1, days: 2, nanoseconds: 3n },
  list: [1, null],
  nested: [["x", "y"]],
  struct: { a: 1, b: null },
  map: [["k", null]],
  dictionary: "d"
}

describe("a row's type", () => {
  it("is that of the values that are written and read", () => {
    const bytes = Result.getOrThrow(Arrow.encode(Everything, [row]))
    const rows = Result.getOrThrow(Arrow.decode(Everything, bytes)).rows()
    assert.deepStrictEqual(rows, [row])
    assert.isTrue(same<(typeof rows)[number], ArrowType.Row<typeof Everything.fields>>(true))
    assert.isTrue(
      same<
        { readonly [K in keyof Expected]: (typeof rows)[number][K] },
        { readonly [K in keyof Expected]: Expected[K] }
      >(true)
    )
  })

  it("tells nullable from not, and rows of fewer fields from rows of all", () => {
    const One = Arrow.schema({ a: Arrow.nullable(Arrow.int8) })
    const rows = Result.getOrThrow(Arrow.decode(One, Result.getOrThrow(Arrow.encode(One, [{ a: null }])))).rows()
    assert.isTrue(same<(typeof rows)[number]["a"], number | null>(true))
    assert.isFalse(same<(typeof rows)[number]["a"], number>(false))
    assert.isFalse(same<(typeof rows)[number], Expected>(false))
    assert.deepStrictEqual(rows, [{ a: null }])
  })
})
