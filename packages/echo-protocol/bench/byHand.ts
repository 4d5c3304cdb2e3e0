/** The yardstick: frames read and written by hand, as fast as we know how to, with every check that a codec makes. */
import type { Request } from "../src/Request.ts"

/** Reads the request in a frame's payload; positions are absolute in the buffer, bytes are views. */
export const read = (view: DataView, buffer: ArrayBuffer, start: number, end: number): Request | undefined => {
  if (end - start < 20) return undefined
  const apiKey = view.getInt8(start)
  if (apiKey !== 0) return undefined
  const sequence = view.getInt8(start + 1)
  const timestamp = view.getBigInt64(start + 2)
  const subjectLength = view.getInt32(start + 10)
  let p = start + 14
  if (subjectLength < 0 || subjectLength > end - p - 6) return undefined
  const subject = new Uint8Array(buffer, p, subjectLength)
  p += subjectLength
  const count = view.getInt16(p)
  p += 2
  if (count < 0 || 2 * count > end - p - 4) return undefined
  const metadata = new Array<number>(count)
  for (let i = 0; i < count; i++, p += 2) metadata[i] = view.getInt16(p)
  const bodyLength = view.getInt32(p)
  p += 4
  if (bodyLength !== end - p) return undefined
  return { apiKey, sequence, timestamp, subject, metadata, body: new Uint8Array(buffer, p, bodyLength) }
}

/** Calls `onRequest` for each whole frame of a chunk that ends with one; gives how many there were, or -1. */
export const readAll = (chunk: Uint8Array<ArrayBuffer>, onRequest: (request: Request) => void): number => {
  const view = new DataView(chunk.buffer)
  let p = chunk.byteOffset
  const end = p + chunk.length
  let requests = 0
  while (end - p >= 4) {
    const size = view.getInt32(p)
    if (size < 2 || size > 1_048_572 || size > end - p - 4) return -1
    const request = read(view, chunk.buffer, p + 4, p + 4 + size)
    if (request === undefined) return -1
    onRequest(request)
    requests++
    p += 4 + size
  }
  return requests
}

/** Whether a number is whole and in range. */
export const isInt = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most

/** Copies bytes to `p`; gives the position behind them. */
export const copy = (from: Uint8Array, to: Uint8Array, p: number): number => {
  if (from.length < 32) for (let i = 0; i < from.length; i++) to[p + i] = from[i]!
  else to.set(from, p)
  return p + from.length
}

/** Writes a frame at `p`, where there is room; gives its end, or -1 when the request cannot be represented. */
export const write = (view: DataView, bytes: Uint8Array, start: number, request: Request): number => {
  const { apiKey, body, metadata, sequence, subject, timestamp } = request
  if (apiKey !== 0 || !isInt(sequence, -128, 127) || metadata.length > 32_767) return -1
  let p = start + 4
  view.setInt8(p, apiKey)
  view.setInt8(p + 1, sequence)
  view.setBigInt64(p + 2, timestamp)
  if (view.getBigInt64(p + 2) !== timestamp) return -1
  view.setInt32(p + 10, subject.length)
  p = copy(subject, bytes, p + 14)
  view.setInt16(p, metadata.length)
  p += 2
  for (const item of metadata) {
    if (!isInt(item, -32_768, 32_767)) return -1
    view.setInt16(p, item)
    p += 2
  }
  view.setInt32(p, body.length)
  p = copy(body, bytes, p + 4)
  view.setInt32(start, p - start - 4)
  return p
}
