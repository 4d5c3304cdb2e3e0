/** One slot of a column of fixed width, without the rest of its buffers. */
import { ArrayData } from "../ArrayData.ts"
import type { BodySource, FieldParts } from "../Body.ts"
import * as Columns from "../Columns.ts"
import type { FieldLayout } from "../Layout.ts"
import type { Buffer } from "../Message.ts"
import { littleEndian } from "./byteOrder.ts"

/** What to read for a slot, and how it is read of that. */
export interface Cell {
  readonly buffers: ReadonlyArray<Buffer>
  readonly read: (source: BodySource) => unknown
}

/** The bytes of a buffer that hold the eight slots around `row`. */
const narrow = (buffer: Buffer, row: number, bytesAnEighth: number): Buffer => {
  const from = (row >> 3) * bytesAnEighth
  return { offset: buffer.offset + from, length: Math.min(bytesAnEighth, buffer.length - from) }
}

/**
 * How to read slot `row` alone; `undefined` where that takes more than a piece of validity and values, or where the
 * buffers are not right.
 */
export const cellOf = (
  layout: FieldLayout,
  { buffers, node }: FieldParts,
  row: number,
  endianness: "Little" | "Big",
  bodyLength: number
): Cell | undefined => {
  const kind = layout.layout.buffers[1]
  if (layout.field.dictionary !== undefined || layout.children.length > 0 || layout.layout.buffers.length !== 2)
    return undefined
  if (kind === undefined || (kind.kind !== "fixed" && kind.kind !== "bits") || layout.layout.isVariadic)
    return undefined
  const [validity, values] = buffers as [Buffer, Buffer]
  const bytesAnEighth = kind.kind === "bits" ? 1 : 8 * kind.width
  const hasNulls = node.nullCount > 0
  const needed = kind.kind === "bits" ? Math.ceil(node.length / 8) : node.length * kind.width
  const isThere = ({ length, offset }: Buffer, least: number): boolean =>
    offset >= 0 && (offset & 7) === 0 && length >= least && offset + length <= bodyLength
  if (!isThere(values, needed) || (hasNulls && !isThere(validity, Math.ceil(node.length / 8)))) return undefined
  const bits = narrow(validity, row, 1)
  const piece = narrow(values, row, bytesAnEighth)
  return {
    buffers: hasNulls ? [bits, piece] : [piece],
    read: (source) => {
      const bytes = source.bytes(piece)
      const data = endianness === "Big" ? littleEndian(bytes, kind.swap) : bytes
      const empty = new Uint8Array(0)
      const nulls = hasNulls ? 1 : 0
      const all = [hasNulls ? source.bytes(bits) : empty, data]
      return Columns.make(new ArrayData(layout.field, 1, nulls, all, [], undefined, row & 7)).get(0)
    }
  }
}
