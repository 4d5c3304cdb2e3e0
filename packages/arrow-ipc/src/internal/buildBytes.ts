/** Builds the arrays of text and bytes: with offsets of 32 or 64 bits, and as views. */
import { ArrayData } from "../ArrayData.ts"
import { bytesOf } from "./compact.ts"
import type { Slots } from "./slots.ts"

const encoder = new TextEncoder()

/** Joining this many strings at a time keeps the joined text small enough to stay in the cache. */
const block = 1024

/** A joined text has at most so many characters; JavaScript itself stops at 2^29. */
const joined = 2 ** 24

class Bytes {
  bytes: Uint8Array<ArrayBuffer>
  length = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const grown = new Uint8Array(Math.max(this.length + more, 2 * this.bytes.length))
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
  }

  push(part: Uint8Array): void {
    this.reserve(part.length)
    this.bytes.set(part, this.length)
    this.length += part.length
  }

  text(text: string): number {
    this.reserve(text.length * 3)
    const { written } = encoder.encodeInto(text, this.bytes.subarray(this.length))
    this.length += written
    return written
  }

  take(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

/** Appends the text of slots `[from, to)`, and calls `ended` with the position after each. */
const pushText = (slots: Slots, bytes: Bytes, from: number, to: number, ends: Float64Array | Int32Array): void => {
  const { values } = slots
  const texts = new Array<string>(to - from)
  let characters = 0
  for (let i = from; i < to; i++) {
    const value = values[i]
    if (typeof value === "string") {
      texts[i - from] = value
      characters += value.length
    } else {
      if (value === null || value === undefined) slots.setNull(i)
      else slots.refuse(i, value, "text")
      texts[i - from] = ""
    }
  }
  const start = bytes.length
  let end = start
  if (characters <= joined && bytes.text(texts.join("")) === characters) {
    // As many bytes as characters: all ASCII, so the lengths are known without looking at the text.
    for (let i = from; i < to; i++) ends[i + 1] = end += texts[i - from]!.length
    return
  }
  bytes.length = start
  for (let i = from; i < to; i++) {
    const text = texts[i - from]!
    if (!text.isWellFormed()) slots.refuse(i, text, "well-formed text: it has a lone surrogate")
    ends[i + 1] = end += bytes.text(text)
  }
}

const pushBytes = (slots: Slots, bytes: Bytes, from: number, to: number, ends: Float64Array | Int32Array): void => {
  for (let i = from; i < to; i++) {
    const value = slots.values[i]
    if (value instanceof Uint8Array) bytes.push(value)
    else if (value === null || value === undefined) slots.setNull(i)
    else slots.refuse(i, value, "a Uint8Array")
    ends[i + 1] = bytes.length
  }
}

/** What offsets of 32 bits reach. */
const limit32 = 0x7fff_ffff

const encode = (slots: Slots, isText: boolean, ends: Float64Array | Int32Array, limit: number): Uint8Array => {
  const bytes = new Bytes(slots.length * 8)
  const push = isText ? pushText : pushBytes
  for (let from = 0; from < slots.length; from += block) {
    push(slots, bytes, from, Math.min(slots.length, from + block), ends)
    if (bytes.length > limit) {
      slots.fail(
        "unrepresentable",
        from,
        "the values are more bytes than 32-bit offsets reach; use a type with 64-bit ones"
      )
    }
  }
  return bytes.take()
}

export const buildBinary = (slots: Slots, isText: boolean, isLarge: boolean, limit = limit32): ArrayData => {
  const ends = isLarge ? new Float64Array(slots.length + 1) : new Int32Array(slots.length + 1)
  const data = encode(slots, isText, ends, isLarge ? Infinity : limit)
  const offsets = isLarge ? BigInt64Array.from(ends, BigInt) : ends
  return new ArrayData(
    slots.field,
    slots.length,
    slots.nullCount,
    [slots.validity, bytesOf(offsets), data],
    [],
    undefined
  )
}

export const buildView = (slots: Slots, isText: boolean): ArrayData => {
  const { length } = slots
  const ends = new Int32Array(length + 1)
  const all = encode(slots, isText, ends, limit32)
  const views = new Uint8Array(length * 16)
  const view = new DataView(views.buffer)
  const data = new Bytes(0)
  for (let i = 0; i < length; i++) {
    const value = all.subarray(ends[i], ends[i + 1])
    view.setInt32(i * 16, value.length, true)
    if (value.length <= 12) views.set(value, i * 16 + 4)
    else {
      views.set(value.subarray(0, 4), i * 16 + 4)
      view.setInt32(i * 16 + 12, data.length, true)
      data.push(value)
    }
  }
  const variadic = data.length === 0 ? [] : [data.take()]
  return new ArrayData(slots.field, length, slots.nullCount, [slots.validity, views, ...variadic], [], undefined)
}
