/** The part of the generated writer that writes numbers, and what all of it stands on: room, refusal, places. */
import type * as Layout from "../Layout.ts"
import { quote, type Source } from "./Source.ts"
import { pieces } from "./bits.ts"
import { bounds } from "./bounds.ts"
import type { Locals } from "./emitExpr.ts"
import { flag, literal, literalName, littleOf, numbersOf } from "./emitted.ts"
import { range } from "./number.ts"
import { typed } from "./walkWrite.ts"

export interface Place {
  readonly little: string
  readonly scope: Owner | undefined
  /** Whether the code runs more than once, so that a check cannot wait behind it. */
  readonly repeated: boolean
}

/** The fields of a struct, and the checks that wait for its computed ones. */
export interface Owner extends Locals {
  readonly parent: Owner | undefined
  readonly waiting: Array<() => void>
}

/** Writes integers, floats, varints, bit fields, enums and flags. */
export abstract class EmitNumbers {
  protected abstract source: Source
  /** The variable with the number of the enum written last. */
  protected lastNumber: string | undefined

  protected fail(condition: string): void {
    this.source.line(`if (${condition}) return -2`)
  }

  protected ensure(size: number): void {
    if (size > 0) this.source.line(`if (e - p < ${size + this.source.displacement}) return -1`)
  }

  protected room(size: string, rest: number): void {
    const least = rest + this.source.displacement
    this.source.line(`if (${size} > e - p${least === 0 ? "" : ` - ${least}`}) return -1`)
  }

  /** Checks that a value is one of an integer's. */
  protected isInt(node: Layout.Int, value: string): void {
    const { max, min } = range(node)
    if (node.type === "bigint") {
      if (node.bits === 64)
        return this.fail(
          `typeof ${value} !== "bigint" || BigInt.as${node.signed ? "Int" : "Uint"}N(64, ${value}) !== ${value}`
        )
      return this.fail(`typeof ${value} !== "bigint" || ${value} < ${min}n || ${value} > ${max}n`)
    }
    // The shifts give the number back only if it is whole and in range; -0 is the one that slips through.
    const shift = 32 - node.bits
    const same =
      shift < 0
        ? `!R.isWhole(${value}, ${min}, ${max})`
        : `${node.signed ? (shift === 0 ? `(${value} | 0)` : `(${value} << ${shift} >> ${shift})`) : `(${value} << ${shift} >>> ${shift})`} !== ${value}`
    this.fail(shift < 0 ? same : `typeof ${value} !== "number" || ${same} || Object.is(${value}, -0)`)
  }

  /** Writes an integer that is known to be in range. */
  protected int(node: Layout.Int, value: string, place: { readonly little: string }, at?: string): void {
    const { source } = this
    const position = at ?? source.at()
    if (at === undefined) source.displacement += node.bits / 8
    const little = littleOf(node.endian, place)
    const sign = node.signed ? "Int" : "Uint"
    if (node.bits === 64 && node.type === "bigint")
      source.line(`view.setBig${sign}64(${position}, ${value}${flag(little)})`)
    else if (node.type === "bigint")
      source.line(`R.writeBigInt(view, ${position}, ${node.bits / 8}, ${value}, ${little})`)
    else if (node.bits === 8) source.line(`view.set${sign}8(${position}, ${value})`)
    else if (node.bits === 16 || node.bits === 32)
      source.line(`view.set${sign}${node.bits}(${position}, ${value}${flag(little)})`)
    else source.line(`R.writeNumber(view, ${position}, ${node.bits / 8}, ${value}, ${little})`)
  }

  protected float(node: Layout.Float, value: string, place: Place): void {
    const { source } = this
    const little = littleOf(node.endian, place)
    this.fail(`typeof ${value} !== "number"`)
    source.line(
      node.bits === 16
        ? `R.writeHalf(view, ${source.at()}, ${value}, ${little})`
        : `view.setFloat${node.bits}(${source.at()}, ${value}${flag(little)})`
    )
    source.displacement += node.bits / 8
  }

  protected varint(node: Layout.Varint, value: string, rest: number): void {
    const { source } = this
    source.flush()
    source.line(`p = R.writeVarint(bytes, p, e, ${value}, ${source.capture(node)})`)
    source.line("if (p < 0) return p")
    this.ensure(rest)
  }

  protected bits(node: Layout.Bits, value: string): void {
    const { source } = this
    const where = pieces(node)
    const size = bounds(node).min
    this.isRecord(value)
    for (let i = 0; i < size; i++) source.line(`bytes[${source.at(i)}] = 0`)
    node.fields.forEach((field, index) => {
      const part = field.value === undefined ? source.bind("f", `${value}[${quote(field.name)}]`) : String(field.value)
      if (field.value === undefined) {
        const type = field.bits > 53 ? "bigint" : "number"
        const { max, min } = range({ bits: field.bits as Layout.Int["bits"], signed: field.signed, type })
        if (type === "bigint") this.fail(`typeof ${part} !== "bigint" || ${part} < ${min}n || ${part} > ${max}n`)
        else this.fail(`!R.isWhole(${part}, ${min}, ${max})`)
      }
      const each = where[index]!
      if (field.bits > 32)
        source.line(`R.writeBits(view, ${source.at()}, ${source.capture(each)}, ${field.bits}, ${part})`)
      else {
        let below = field.bits
        for (const { byte, shift, width } of each) {
          below -= width
          source.line(`bytes[${source.at(byte)}] |= ((${part} >>> ${below}) & ${(1 << width) - 1}) << ${shift}`)
        }
      }
    })
    source.displacement += size
  }

  protected isRecord(value: string): void {
    this.fail(`typeof ${value} !== "object" || ${value} === null`)
  }

  protected enum(node: Layout.Enum, value: string, rest: number, place: Place): void {
    const { source } = this
    const otherwise = node.open ? `R.unnamed(${source.capture(node)}, ${value})` : "undefined"
    const few = node.names.map(
      ([name, number]) => `${value} === ${literalName(name)} ? ${literal(typed(node.of, number))} : `
    )
    // The wire would lose the sign of a literal -0.
    if (node.names.some(([name]) => name === 0)) this.fail(`Object.is(${value}, -0)`)
    const found = node.names.length <= 8 ? few.join("") : `${source.capture(numbersOf(node))}.get(${value}) ?? `
    const number = source.bind("n", found + otherwise)
    this.fail(`${number} === undefined`)
    if (node.of._tag === "Int") this.int(node.of, number, place)
    else this.varint(node.of, number, rest)
    this.lastNumber = number
  }

  protected flags(node: Layout.Flags, value: string, place: Place): void {
    this.isRecord(value)
    const { source } = this
    const big = node.of.type === "bigint"
    const wide = node.of.bits > 32
    const zero = big ? "0n" : "0"
    const terms = node.names.map(([name, mask]) => {
      const on = source.bind("f", `${value}[${quote(name)}]`)
      this.fail(`typeof ${on} !== "boolean"`)
      return `(${on} ? ${big ? literal(BigInt(mask)) : mask} : ${zero})`
    })
    const sum = terms.length === 0 ? zero : terms.join(wide && !big ? " + " : " | ")
    const raw = source.bind("n", big || wide ? sum : `(${sum}) >>> 0`)
    this.int(node.of, raw, place)
  }
}
