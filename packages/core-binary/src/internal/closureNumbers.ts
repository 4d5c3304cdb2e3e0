/** The part of the closures that writes numbers. */
import type * as Layout from "../Layout.ts"
import { type Place, type Write, WriteState, full, refuse } from "./WriteState.ts"
import { pieces, writeBits } from "./bits.ts"
import { bounds } from "./bounds.ts"
import { numbersOf } from "./emitted.ts"
import { type Whole, isWhole, range, writeBigInt, writeHalf, writeNumber, writeVarint } from "./number.ts"
import { runtime } from "./runtime.ts"

/** Writes integers, floats, varints, bit fields, enums and flags. */
export abstract class ClosureNumbers {
  protected int(node: Layout.Int, place: Place): Write {
    const size = node.bits / 8
    const { max, min } = range(node)
    const known = node.endian === "inherit" ? place.little : node.endian === "little"
    if (node.type === "bigint") {
      return (s, value) => {
        if (typeof value !== "bigint" || value < min || value > max) return refuse(s)
        if (size === 8) s.view.setBigInt64(s.p, BigInt.asIntN(64, value), known ?? s.little)
        else writeBigInt(s.view, s.p, size, value, known ?? s.little)
        s.p += size
        return true
      }
    }
    const least = Number(min)
    const most = Number(max)
    // The common widths in places of their own: one place for all would be slower in each.
    switch (size) {
      case 1:
        return (s, value) => {
          if (!isWhole(value, least, most)) return refuse(s)
          s.view.setInt8(s.p++, value)
          return true
        }
      case 2:
        return (s, value) => {
          if (!isWhole(value, least, most)) return refuse(s)
          s.view.setInt16((s.p += 2) - 2, value, known ?? s.little)
          return true
        }
      default: {
        const put = this.put(node, place)
        return (s, value) => {
          if (!isWhole(value, least, most)) return refuse(s)
          put(s, value)
          return true
        }
      }
    }
  }

  /** Writes a number that is known to be in range. */
  protected put(node: Layout.Int, place: Place): (s: WriteState, value: number) => void {
    const size = node.bits / 8
    const known = node.endian === "inherit" ? place.little : node.endian === "little"
    switch (size) {
      case 1:
        return (s, value) => s.view.setInt8(s.p++, value)
      case 2:
        return (s, value) => s.view.setInt16((s.p += 2) - 2, value, known ?? s.little)
      case 4:
        return (s, value) => s.view.setInt32((s.p += 4) - 4, value, known ?? s.little)
      default:
        return (s, value) => writeNumber(s.view, (s.p += size) - size, size, value, known ?? s.little)
    }
  }

  protected float(node: Layout.Float, place: Place): Write {
    const size = node.bits / 8
    const known = node.endian === "inherit" ? place.little : node.endian === "little"
    return (s, value) => {
      if (typeof value !== "number") return refuse(s)
      const little = known ?? s.little
      if (size === 8) s.view.setFloat64(s.p, value, little)
      else if (size === 4) s.view.setFloat32(s.p, value, little)
      else writeHalf(s.view, s.p, value, little)
      s.p += size
      return true
    }
  }

  protected varint(node: Layout.Varint, rest: number): Write {
    return (s, value) => {
      const end = writeVarint(s.bytes, s.p, s.e, value, node)
      if (end < 0) {
        s.fault = end
        return false
      }
      s.p = end
      return s.e - end >= rest || full(s)
    }
  }

  protected whole(node: Layout.Int | Layout.Varint, rest: number, place: Place): Write {
    return node._tag === "Int" ? this.int(node, place) : this.varint(node, rest)
  }

  protected bits(node: Layout.Bits): Write {
    const where = pieces(node)
    const size = bounds(node).min
    const fields = node.fields.map((field, index) => {
      const type = field.bits > 53 ? "bigint" : "number"
      const { max, min } = range({ bits: field.bits as Layout.Int["bits"], signed: field.signed, type })
      const fits =
        type === "bigint"
          ? (part: unknown): part is Whole => typeof part === "bigint" && part >= min && part <= max
          : (part: unknown): part is Whole => isWhole(part, Number(min), Number(max))
      return { ...field, pieces: where[index]!, fits }
    })
    return (s, value) => {
      if (typeof value !== "object" || value === null) return refuse(s)
      s.bytes.fill(0, s.p, s.p + size)
      for (const field of fields) {
        const part = field.value ?? (value as Record<string, unknown>)[field.name]
        if (field.value === undefined && !field.fits(part)) return refuse(s)
        writeBits(s.view, s.p, field.pieces, field.bits, part as Whole)
      }
      s.p += size
      return true
    }
  }

  protected enum(node: Layout.Enum, rest: number, place: Place): Write {
    const write = this.whole(node.of, rest, place)
    const table = numbersOf(node)
    return (s, value) => {
      const number = table.get(value) ?? (node.open ? runtime.unnamed(node, value) : undefined)
      // The wire would lose the sign of a literal -0.
      if (number === undefined || Object.is(value, -0)) return refuse(s)
      s.number = number
      return write(s, number)
    }
  }

  protected flags(node: Layout.Flags, place: Place): Write {
    const write = this.int(node.of, place)
    return (s, value) => {
      if (typeof value !== "object" || value === null) return refuse(s)
      let raw = 0n
      for (const [name, mask] of node.names) {
        const on = (value as Record<string, unknown>)[name]
        if (typeof on !== "boolean") return refuse(s)
        if (on) raw += BigInt(mask)
      }
      return write(s, node.of.type === "bigint" ? raw : Number(raw))
    }
  }
}
