/** Numbers that Kaitai has no type for: each becomes a type of its parts with a `value`. */
import type { BitField, Bits, Int, Varint } from "../Layout.ts"
import { type Entry, KsyType } from "./ksy.ts"

const partsOf: Readonly<Record<number, ReadonlyArray<number>>> = { 24: [1, 2], 40: [1, 4], 48: [2, 4], 56: [1, 2, 4] }

/** A whole number of 24, 40, 48 or 56 bits. */
export const oddInt = (node: Int, order: "be" | "le"): KsyType => {
  const type = new KsyType()
  const sizes = partsOf[node.bits]!
  let left = node.bits
  const terms = sizes.map((size, index) => {
    left -= size * 8
    const id = `part${index + 1}`
    const sign = node.signed && index === 0 ? "s" : "u"
    type.seq.push({ id, type: size === 1 ? `${sign}1` : `${sign}${size}${order}` })
    return left === 0 ? id : `${id} * ${2 ** left}`
  })
  if (order === "le") type.seq.reverse()
  type.instances["value"] = { value: terms.join(" + ") }
  return type
}

export const varintName = (node: Varint): string => `${node.encoding}_${node.bits}${node.canonical ? "_canonical" : ""}`

const longest = { 32: 4, 64: 9 }
const spare = { 32: 16, 64: 2 }

/** What the groups of a varint must fulfil, `_` being the one just read. */
const groupsOf = ({ bits, canonical, encoding }: Varint): string => {
  const last = longest[bits]
  const top = spare[bits]
  const claims: Array<string> = []
  if (encoding === "vlq") claims.push(`_index < ${last} or (_ < 128 and groups[0] < ${128 + top})`)
  else if (encoding === "sleb128")
    claims.push(`_index < ${last} or _ < ${top / 2} or (_ >= ${128 - top / 2} and _ < 128)`)
  else claims.push(`_index < ${last} or _ < ${top}`)
  if (canonical && encoding === "vlq") claims.push("_index > 0 or _ != 128")
  else if (canonical && encoding === "sleb128") {
    const before = "(groups[_index - 1] & 64)"
    claims.push(`_index == 0 or ((_ != 0 or ${before} != 0) and (_ != 127 or ${before} == 0))`)
  } else if (canonical) claims.push("_index == 0 or _ != 0")
  return claims.map((claim) => `(${claim})`).join(" and ")
}

/** A variable-length number: groups of seven bits, each but the last with its high bit set. */
export const varint = (node: Varint): KsyType => {
  const type = new KsyType()
  const most = longest[node.bits] + 1
  type.seq.push({
    id: "groups",
    type: "u1",
    repeat: "until",
    "repeat-until": "_ < 128",
    valid: { expr: groupsOf(node) }
  })
  // Products, since shifts have 32 bits in some target languages.
  const sum = Array.from({ length: most }, (_, index) => {
    const group = node.encoding === "vlq" ? `groups[groups.size - ${index + 1}]` : `groups[${index}]`
    const term = `(${group} & 127) * ${2n ** BigInt(7 * index)}`
    return index === 0 ? `(${group} & 127)` : `(groups.size > ${index} ? ${term} : 0)`
  }).join(" + ")
  if (node.encoding === "leb128" || node.encoding === "vlq") type.instances["value"] = { value: sum }
  else if (node.encoding === "zigzag") {
    type.instances["raw"] = { value: sum }
    type.instances["value"] = { value: "groups[0] % 2 == 0 ? raw / 2 : -1 - raw / 2" }
  } else {
    const weights = Array.from({ length: most }, (_, index) => {
      const group = `groups[${index}]`
      const weight = 2n ** BigInt(7 * index)
      const signed = `(${group} >= 64 and ${group} < 128 ? ${group} - 128 : ${group} & 127)`
      return index === 0 ? signed : `(groups.size > ${index} ? ${signed} * ${weight} : 0)`
    })
    type.instances["value"] = { value: weights.join(" + ") }
  }
  return type
}

/** The attributes of one bit field, and the instance that gives its value where they do not. */
export const bitField = (
  { bits, signed, value }: BitField,
  order: Bits["order"],
  id: string,
  part: (suffix: string) => string
): { readonly seq: ReadonlyArray<Entry>; readonly instance: Entry | undefined } => {
  const type = (width: number) => `b${width}${order === "lsb" ? "le" : ""}`
  const valid = (text: string) => (value === undefined ? undefined : { expr: text })
  if (bits <= 32 && !signed) {
    const expected = bits === 1 ? String(value === 1) : String(value)
    return { seq: [{ id, type: type(bits), valid: valid(`_ == ${expected}`) }], instance: undefined }
  }
  const negative = (text: string, width: number) => {
    const number = width === 1 ? `${text}.to_i` : text
    return signed ? `(${number} >= ${2 ** (width - 1)} ? ${number} - ${2 ** width} : ${number})` : number
  }
  if (bits <= 32) {
    const raw = part("bits")
    const expected = value === undefined ? undefined : value < 0 ? value + 2 ** bits : value
    const text = bits === 1 ? `_.to_i == ${expected}` : `_ == ${expected}`
    return { seq: [{ id: raw, type: type(bits), valid: valid(text) }], instance: { value: negative(raw, bits) } }
  }
  const high = part("high")
  const low = part("low")
  const parts: Array<Entry> = [
    { id: high, type: type(bits - 32) },
    { id: low, type: type(32) }
  ]
  if (order === "lsb") parts.reverse()
  const whole = `${negative(high, bits - 32)} * 4294967296 + ${low}`
  parts[1]!["valid"] = valid(`${whole} == ${value}`)
  return { seq: parts, instance: { value: whole } }
}
