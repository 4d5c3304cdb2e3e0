import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { backends } from "./agreement.ts"

const a = Binary.field("a")
const b = Binary.field("b")

/** The number that an expression over two fields gives, read and written. */
const compute = (backend: (typeof backends)[number], expr: Parameters<typeof Binary.When>[0]) => {
  const codec = Codec.make(
    Binary.Struct({ a: Binary.Int8, b: Binary.Int8, result: Binary.Computed(Binary.Int32, expr) }),
    { backend }
  )
  return (left: number, right: number): number => {
    const bytes = codec.encodeSync({ a: left, b: right })
    assert.deepStrictEqual(codec.decodeSync(bytes), { a: left, b: right })
    assert.strictEqual(codec.diagnose(bytes, 0, bytes.length).reason._tag, "CheckFailed", "the slow pass agrees")
    return new DataView(bytes.buffer, bytes.byteOffset).getInt32(2)
  }
}

const operators: ReadonlyArray<
  readonly [name: string, expr: ReturnType<typeof Binary.add>, (l: number, r: number) => number]
> = [
  ["+", Binary.add(a, b), (l, r) => l + r],
  ["-", Binary.subtract(a, b), (l, r) => l - r],
  ["*", Binary.multiply(a, b), (l, r) => l * r],
  ["/", Binary.divide(a, b), (l, r) => Math.trunc(l / r)],
  ["%", Binary.remainder(a, b), (l, r) => l % r],
  ["&", Binary.bitAnd(a, b), (l, r) => l & r],
  ["|", Binary.bitOr(a, b), (l, r) => l | r],
  ["<<", Binary.shiftLeft(a, b), (l, r) => l << r],
  [">>>", Binary.shiftRight(Binary.bitAnd(a, 127), b), (l, r) => (l & 127) >>> r],
  ["==", Binary.equals(a, b), (l, r) => Number(l === r)],
  ["!=", Binary.notEquals(a, b), (l, r) => Number(l !== r)],
  ["<", Binary.lessThan(a, b), (l, r) => Number(l < r)],
  ["<=", Binary.lessThanOrEqualTo(a, b), (l, r) => Number(l <= r)],
  [">", Binary.greaterThan(a, b), (l, r) => Number(l > r)],
  [">=", Binary.greaterThanOrEqualTo(a, b), (l, r) => Number(l >= r)],
  ["and", Binary.and(a, b), (l, r) => Number(l !== 0 && r !== 0)],
  ["or", Binary.or(a, b), (l, r) => Number(l !== 0 || r !== 0)],
  [
    "nested",
    Binary.subtract(Binary.subtract(a, -5), Binary.subtract(b, Binary.literal(-1))),
    (l, r) => l + 5 - (r + 1)
  ],
  ["booleans", Binary.add(Binary.lessThan(a, b), Binary.add(Binary.literal(true), false)), (l, r) => Number(l < r) + 1]
]

describe.each(backends.map((backend) => ({ backend })))("operators ($backend)", ({ backend }) => {
  for (const [name, expr, expected] of operators) {
    it(name, () => {
      const actual = compute(backend, expr)
      for (const [left, right] of [
        [7, 2],
        [-7, 2],
        [2, 7],
        [3, 3],
        [-128, 127],
        [1, 5],
        [127, 1]
      ] as const)
        assert.strictEqual(actual(left, right), expected(left, right) + 0, `${left} ${name} ${right}`)
    })
  }
})
