/** A body of which parts were read. */
import type { BodySource } from "../Body.ts"
import type { Buffer } from "../Message.ts"

/** Bytes of a body, from `offset` on. */
export interface Part {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Reading so much in vain is cheaper than reading twice. */
const worthReading = 4096

/**
 * The ranges to read for these buffers: in order, joined where little lies between. Buffers that leave the body are
 * left to be found later.
 */
export const ranges = (buffers: ReadonlyArray<Buffer>, bodyLength: number): ReadonlyArray<Buffer> => {
  const sorted = buffers
    .filter(({ length, offset }) => offset >= 0 && length > 0 && offset + length <= bodyLength)
    .sort((a, b) => a.offset - b.offset)
  const joined: Array<{ offset: number; length: number }> = []
  for (const { length, offset } of sorted) {
    const last = joined[joined.length - 1]
    if (last !== undefined && offset <= last.offset + last.length + worthReading) {
      last.length = Math.max(last.length, offset + length - last.offset)
    } else joined.push({ offset, length })
  }
  return joined
}

/** The body at `offset` of a file, with the parts that hold the buffers that will be asked for. */
export const partialBody = (offset: number, length: number, parts: ReadonlyArray<Part>): BodySource => ({
  length,
  offset,
  bytes: (buffer) => {
    const part = parts.findLast((part) => part.offset <= buffer.offset)!
    return part.bytes.subarray(buffer.offset - part.offset, buffer.offset - part.offset + buffer.length)
  },
  locate: (bytes) => {
    const part = parts.find((part) => part.bytes.buffer === bytes.buffer)
    return part === undefined ? offset : offset + part.offset + bytes.byteOffset - part.bytes.byteOffset
  }
})
