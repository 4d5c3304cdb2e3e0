import type { Key, KeySpace } from "./keySpace.ts"
import { keyOf, malformed, type PyProtocol, reduce, type Reduction } from "./protocol.ts"

/**
 * A number to be written as Python's `float` even where it is integral.
 *
 * @category models
 * @since 0.1.0
 */
export class PyFloat implements PyProtocol {
  readonly _tag = "PyFloat"
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  [keyOf](space: KeySpace): Key {
    return space.of(this.value)
  }
}

/**
 * Python's `complex`.
 *
 * @category models
 * @since 0.1.0
 */
export class PyComplex implements PyProtocol {
  readonly _tag = "PyComplex"
  readonly re: number
  readonly im: number
  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }
  [keyOf](space: KeySpace): Key {
    const nan = this.re !== this.re || this.im !== this.im
    return nan ? space.of(NaN) : this.im === 0 ? space.of(this.re) : space.text("complex", `${this.re} ${this.im}`)
  }
  [reduce](): Reduction {
    return { module: "builtins", name: "complex", args: [new PyFloat(this.re), new PyFloat(this.im)] }
  }
}

const gcd = (a: bigint, b: bigint): bigint => {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n)

/** From here on, reducing a fraction takes longer than a pickle may ask for. */
const wide = 1n << 2048n
const tiny = 1n << 1000n
const exactInteger = 1n << 53n

/** The key of a rational: that of the int or the float it equals, where there is one. */
const rationalKey = (space: KeySpace, numerator: bigint, denominator: bigint): Key => {
  if (abs(numerator) >= wide || denominator >= wide) return space.text("rational", `${numerator}/${denominator}`)
  const divisor = gcd(abs(numerator), denominator)
  const n = numerator / divisor
  const d = denominator / divisor
  if (d === 1n) return space.of(n)
  const near = Number(n) / Number(d)
  const exact = (d & (d - 1n)) === 0n && d < tiny && abs(n) < exactInteger
  return exact ? near : space.text("rational", `${n}/${d}`)
}

const decimal = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,18}))?$/
const special = /^[+-]?(?:inf(?:inity)?|s?nan\d*)$/i

/**
 * Python's `decimal.Decimal`, as the text that Python writes for it: digits and exponent are never expanded.
 *
 * **Details**
 *
 * `text` is what Python's constructor takes: `1.10`, `-0`, `1E+999999999`, `-Infinity`, `NaN123`; other text throws.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDecimal implements PyProtocol {
  readonly _tag = "PyDecimal"
  readonly text: string
  constructor(text: string) {
    if (!decimal.test(text) && !special.test(text))
      throw malformed(`${JSON.stringify(text.slice(0, 64))} is not a Decimal`)
    this.text = text
  }
  [keyOf](space: KeySpace): Key {
    const match = decimal.exec(this.text)
    if (match === null) {
      if (/nan/i.test(this.text)) return space.of(NaN)
      return this.text.startsWith("-") ? -Infinity : Infinity
    }
    const [, sign, whole = "", after, only, exponent] = match
    const fraction = after ?? only ?? ""
    const digits = (whole + fraction).replace(/^0+/, "")
    if (digits === "") return 0
    let end = digits.length
    while (digits[end - 1] === "0") end--
    const stripped = digits.slice(0, end)
    const power = Number(exponent ?? 0) - fraction.length + digits.length - stripped.length
    // Beyond this only another Decimal is taken for an equal: what Python would find out takes it longer than it should.
    if (Math.abs(power) > 400 || stripped.length > 200) return space.text("decimal", `${sign}${stripped}e${power}`)
    const n = BigInt(`${stripped}`) * (sign === "-" ? -1n : 1n)
    return power >= 0 ? space.of(n * 10n ** BigInt(power)) : rationalKey(space, n, 10n ** BigInt(-power))
  }
  [reduce](): Reduction {
    return { module: "decimal", name: "Decimal", args: [this.text] }
  }
}

/**
 * Python's `fractions.Fraction`, with a positive denominator; a denominator of zero throws.
 *
 * **Details**
 *
 * It is brought to lowest terms. What a pickle holds with parts of more than 2048 bits is taken as it is: Python wrote it so.
 *
 * @category models
 * @since 0.1.0
 */
export class PyFraction implements PyProtocol {
  readonly _tag = "PyFraction"
  readonly numerator: bigint
  readonly denominator: bigint
  constructor(numerator: bigint, denominator: bigint, /** @internal */ trusted = false) {
    if (denominator === 0n) throw malformed("a Fraction with denominator 0")
    const narrow = abs(numerator) < wide && abs(denominator) < wide
    const common = narrow || !trusted ? gcd(abs(numerator), abs(denominator)) : 1n
    const divisor = denominator < 0n ? -common : common
    this.numerator = numerator / divisor
    this.denominator = denominator / divisor
  }
  [keyOf](space: KeySpace): Key {
    return rationalKey(space, this.numerator, this.denominator)
  }
  [reduce](): Reduction {
    return { module: "fractions", name: "Fraction", args: [this.numerator, this.denominator] }
  }
}

/**
 * Python's `range`; a step of zero throws. It is never expanded.
 *
 * @category models
 * @since 0.1.0
 */
export class PyRange implements PyProtocol {
  readonly _tag = "PyRange"
  readonly start: bigint
  readonly stop: bigint
  readonly step: bigint
  constructor(start: bigint, stop: bigint, step: bigint) {
    if (step === 0n) throw malformed("a range with step 0")
    this.start = start
    this.stop = stop
    this.step = step
  }
  /** How many numbers it has. */
  get length(): bigint {
    const { start, step, stop } = this
    const span = step > 0n ? stop - start : start - stop
    return span <= 0n ? 0n : (span - 1n) / abs(step) + 1n
  }
  // Ranges are equal where the numbers they have are.
  [keyOf](space: KeySpace): Key {
    const { length } = this
    const name = length === 0n ? "" : length === 1n ? `${this.start}` : `${length} ${this.start} ${this.step}`
    return space.text("range", name)
  }
  [reduce](): Reduction {
    return { module: "builtins", name: "range", args: [this.start, this.stop, this.step] }
  }
}

/**
 * Python's `slice`.
 *
 * @category models
 * @since 0.1.0
 */
export class PySlice implements PyProtocol {
  readonly _tag = "PySlice"
  readonly start: unknown
  readonly stop: unknown
  readonly step: unknown
  constructor(start: unknown, stop: unknown, step: unknown = null) {
    this.start = start
    this.stop = stop
    this.step = step
  }
  /** Hashable since Python 3.12. */
  [keyOf](space: KeySpace): Key {
    return space.sequence("slice", [this.start, this.stop, this.step])
  }
  [reduce](): Reduction {
    return { module: "builtins", name: "slice", args: [this.start, this.stop, this.step] }
  }
}
