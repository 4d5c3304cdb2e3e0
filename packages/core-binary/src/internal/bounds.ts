/** Static sizes of a node, in bytes: what the reader checks once instead of field by field. */
import type { Int, Length, Node, Tagged, Varint } from "../Layout.ts"

export interface Bounds {
  readonly min: number
  readonly max: number
}

const cache = new WeakMap<object, Bounds>()

/** The least and the greatest size of a node. */
export const bounds = (node: Node): Bounds => {
  let found = cache.get(node)
  if (found === undefined) cache.set(node, (found = compute(node)))
  return found
}

const exactly = (size: number): Bounds => ({ min: size, max: size })

const oneByte = exactly(1)

/** The byte width of an integer or the bounds of a varint. */
const prefixBounds = (prefix: Int | Varint): Bounds =>
  prefix._tag === "Int" ? exactly(prefix.bits / 8) : { min: 1, max: prefix.bits === 32 ? 5 : 10 }

/** Nothing takes no bytes, however often. */
const times = (count: number, size: number): number => (count === 0 || size === 0 ? 0 : count * size)

/** The size of `length.value` units of `unit` bytes each. */
const lengthBounds = (length: Length, unit: Bounds): Bounds => {
  switch (length._tag) {
    case "Fixed":
      return { min: times(length.value, unit.min), max: times(length.value, unit.max) }
    case "Prefixed": {
      const prefix = prefixBounds(length.prefix)
      const each = length.unit === "bytes" ? oneByte : unit
      return {
        min: prefix.min + (length.absent === undefined ? times(length.min, each.min) : 0),
        max: prefix.max + times(length.max, each.max)
      }
    }
    case "Terminated":
      return { min: length.terminator.length, max: Infinity }
    case "Computed":
    case "Rest":
      return { min: 0, max: Infinity }
  }
}

const compute = (node: Node): Bounds => {
  switch (node._tag) {
    case "Int":
    case "Float":
      return exactly(node.bits / 8)
    case "Varint":
      return prefixBounds(node)
    case "Bits":
      return exactly(node.fields.reduce((bits, field) => bits + field.bits, 0) / 8)
    case "Bytes":
    case "Text":
      return lengthBounds(node.length, oneByte)
    case "Array":
      return lengthBounds(node.length, bounds(node.of))
    case "Struct":
      return node.fields.reduce(
        (sum, field) => {
          const { max, min } = bounds(field.node)
          return { min: sum.min + min, max: sum.max + max }
        },
        { min: 0, max: 0 }
      )
    case "Tagged":
      return taggedBounds(node)
    case "Enum":
    case "Flags":
    case "ConstInt":
    case "Computed":
    case "Checksum":
    case "Endianness":
    case "Transform":
      return bounds(node.of)
    case "Optional": {
      const presence = node.presence._tag === "Flagged" ? node.presence.of.bits / 8 : 0
      return { min: presence, max: presence + bounds(node.of).max }
    }
    case "Const":
      return exactly(node.bytes.length)
    case "Padding":
      return node.amount._tag === "Fixed" ? exactly(node.amount.value) : { min: 0, max: node.amount.to - 1 }
    case "Pointer":
      return exactly(0)
    case "Window": {
      const inner = bounds(node.of)
      const { length } = node
      if (length._tag === "Fixed") return exactly(length.value)
      const outer = lengthBounds(length, oneByte)
      const prefixed = length._tag === "Prefixed" && length.absent === undefined && length.min < inner.min && !node.lazy
      return { min: prefixed ? prefixBounds(length.prefix).min + inner.min : outer.min, max: outer.max }
    }
    case "Suspend":
      // Not looked into: a bound taken halfway round a cycle would differ from the one taken at its end.
      return { min: 0, max: Infinity }
  }
}

const taggedBounds = (node: Tagged): Bounds => {
  const tag = node.tag._tag === "Before" ? prefixBounds(node.tag.of) : exactly(0)
  const least = node.tag._tag === "Inside" ? node.tag.offset + node.tag.of.bits / 8 : 0
  let min = Infinity
  let max = 0
  for (const each of node.cases) {
    const inner = bounds(each.node)
    min = Math.min(min, inner.min)
    max = Math.max(max, inner.max)
  }
  return { min: tag.min + Math.max(least, min), max: tag.max + max }
}
