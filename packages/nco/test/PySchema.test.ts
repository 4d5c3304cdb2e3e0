import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Pickle, Py, PySchema } from "../src/index.ts"

const message = (result: Result.Result<unknown, { readonly message: string }>): string =>
  Result.isFailure(result) ? result.failure.message : "accepted"

describe("codecs", () => {
  it("decimals", () => {
    const decode = Schema.decodeResult(PySchema.BigDecimalFromPy)
    const value = Result.getOrThrow(decode(new Py.PyDecimal("-1.10")))
    assert.deepStrictEqual([value.value, value.scale], [-110n, 2])
    assert.strictEqual(Schema.encodeSync(PySchema.BigDecimalFromPy)(value).text, "-110E-2")
    const large = Schema.encodeSync(PySchema.BigDecimalFromPy)(BigDecimal.make(1n, -999_999_999))
    assert.strictEqual(large.text, "1E999999999")
    assert.include(message(decode(new Py.PyDecimal("NaN"))), "the decimal NaN is no number")
  })

  it("moments", () => {
    const Moment = Pickle.schema(Schema.Struct({ at: PySchema.DateTimeUtcFromPy }))
    const at = DateTime.makeUnsafe("2024-02-29T12:30:15.250Z")
    const bytes = Schema.encodeSync(Moment)({ at })
    assert.deepStrictEqual(Schema.decodeSync(Moment)(bytes), { at })

    const decode = Schema.decodeResult(PySchema.DateTimeUtcFromPy)
    const date = new Py.PyDate(2024, 1, 1)
    const zone = new Py.PyTimeZone(new Py.PyTimeDelta(0, 3600))
    const early = Result.getOrThrow(decode(new Py.PyDateTime(date, 0, 0, 0, 0, zone)))
    assert.strictEqual(DateTime.formatIso(early), "2023-12-31T23:00:00.000Z")
    assert.include(message(decode(new Py.PyDateTime(date))), "no time zone")
    assert.include(message(decode(new Py.PyDateTime(date, 0, 0, 0, 1, zone))), "a fraction of a millisecond")
    const far = DateTime.makeUnsafe(Date.UTC(12_000, 0, 1))
    assert.include(message(Schema.encodeResult(PySchema.DateTimeUtcFromPy)(far)), "Python has no year 12000")
    const before = DateTime.makeUnsafe(-62_200_000_000_000)
    assert.include(message(Schema.encodeResult(PySchema.DateTimeUtcFromPy)(before)), "Python has no year -")
  })

  it("classes", () => {
    assert.isTrue(Schema.is(PySchema.PyDate)(new Py.PyDate(2024, 1, 1)))
    assert.include(message(Schema.decodeUnknownResult(PySchema.PyUuid)("x")), "PyUuid")
  })
})
