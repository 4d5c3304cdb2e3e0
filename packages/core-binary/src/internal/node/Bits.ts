import type * as Layout from "../../Layout.ts"
import { type Piece, pieces, readBits, writeBits } from "../bits.ts"
import { exactly } from "../bounds.ts"
import { isWhole, range, type Whole } from "../integer.ts"
import { invalid } from "../invalid.ts"
import type { Kind } from "../Kind.ts"
import type { ReadGenerator } from "../ReadGenerator.ts"
import { assign } from "../record.ts"
import { property, quote } from "../Source.ts"
import { isRecord, show } from "../Writer.ts"

const sizeOf = (node: Layout.Bits): number => node.fields.reduce((bits, field) => bits + field.bits, 0) / 8

const rangeOf = ({ bits, signed }: Layout.BitField) => {
  const type: Layout.Int["type"] = bits > 53 ? "bigint" : "number"
  return { type, ...range({ bits: bits as Layout.Int["bits"], signed, type }) }
}

/** One field's number as code, in a variable of its own. */
const emitField = ({ source }: ReadGenerator, field: Layout.BitField, where: ReadonlyArray<Piece>): string => {
  if (field.bits > 32) {
    return source.bind(
      "v",
      `${source.run({ readBits })}(view, ${source.at()}, ${source.capture(where)}, ${field.bits}, ${field.signed})`
    )
  }
  let left = field.bits
  const terms = where.map(({ byte, shift, width }) => {
    left -= width
    const at = source.at(byte)
    const shifted = shift === 0 ? `view.getUint8(${at})` : `(view.getUint8(${at}) >>> ${shift})`
    const masked = width === 8 ? shifted : `(${shifted} & ${(1 << width) - 1})`
    return left === 0 ? masked : `${masked} * ${2 ** left}`
  })
  const name = source.bind("v", terms.join(" + "))
  return field.signed ? `(${name} >= ${2 ** (field.bits - 1)} ? ${name} - ${2 ** field.bits} : ${name})` : name
}

export const Bits: Kind<Layout.Bits> = {
  bounds: (node) => exactly(sizeOf(node)),
  typeName: () => "bits",
  emitRead(node, g) {
    const { source } = g
    const where = pieces(node)
    const parts = node.fields.flatMap((field, index) => {
      const value = emitField(g, field, where[index]!)
      if (field.value === undefined) return [property(field.name, value)]
      g.fail(`Number(${value}) !== ${field.value}`)
      return []
    })
    source.displacement += sizeOf(node)
    return source.bind("v", `{ ${parts.join(", ")} }`)
  },
  emitWrite(node, g, value) {
    const { source } = g
    const where = pieces(node)
    const size = sizeOf(node)
    g.isRecord(value)
    for (let i = 0; i < size; i++) source.line(`bytes[${source.at(i)}] = 0`)
    node.fields.forEach((field, index) => {
      const part = field.value === undefined ? source.bind("f", `${value}[${quote(field.name)}]`) : String(field.value)
      if (field.value === undefined) {
        const { max, min, type } = rangeOf(field)
        if (type === "bigint") g.fail(`typeof ${part} !== "bigint" || ${part} < ${min}n || ${part} > ${max}n`)
        else g.fail(`!${source.run({ isWhole })}(${part}, ${min}, ${max})`)
      }
      const each = where[index]!
      if (field.bits > 32) {
        const write = source.run({ writeBits })
        source.line(`${write}(view, ${source.at()}, ${source.capture(each)}, ${field.bits}, ${part})`)
      } else {
        let below = field.bits
        for (const { byte, shift, width } of each) {
          below -= width
          source.line(`bytes[${source.at(byte)}] |= ((${part} >>> ${below}) & ${(1 << width) - 1}) << ${shift}`)
        }
      }
    })
    source.displacement += size
  },
  read(node, c) {
    const where = pieces(node)
    const size = sizeOf(node)
    return c.guard(size, node, (s) => {
      const value: Record<string, unknown> = {}
      for (let i = 0; i < node.fields.length; i++) {
        const field = node.fields[i]!
        const part = readBits(s.view, s.p, where[i]!, field.bits, field.signed)
        if (field.value === undefined) assign(value, field.name, part)
        else if (Number(part) !== field.value) {
          s.path.push(field.name)
          s.fail("ConstantMismatch", s.p, String(field.value), String(part))
          s.path.pop()
          return invalid
        }
      }
      s.p += size
      return value
    })
  },
  write(node) {
    const where = pieces(node)
    const size = sizeOf(node)
    const fields = node.fields.map((field, index) => {
      const { max, min, type } = rangeOf(field)
      const fits =
        type === "bigint"
          ? (part: unknown): part is Whole => typeof part === "bigint" && part >= min && part <= max
          : (part: unknown): part is Whole => isWhole(part, Number(min), Number(max))
      return { ...field, pieces: where[index]!, fits, expected: `a ${type} from ${min} to ${max}` }
    })
    return (s, value) => {
      if (!isRecord(value)) return s.type("an object", value)
      s.bytes.fill(0, s.p, s.p + size)
      for (const field of fields) {
        const part = field.value ?? value[field.name]
        if (field.value === undefined && !field.fits(part)) {
          s.path.push(field.name)
          s.refuse("OutOfRange", field.expected, show(part))
          s.path.pop()
          return false
        }
        writeBits(s.view, s.p, field.pieces, field.bits, part as Whole)
      }
      s.p += size
      return true
    }
  }
}
