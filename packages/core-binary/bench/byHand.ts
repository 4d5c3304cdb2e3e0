/** The yardstick: the Echo request read and written by hand, with every check that a codec must make. */
import type { Request } from "./echo.ts"

/** Positions are absolute in the `ArrayBuffer`; bytes are views; `undefined` for malformed bytes. */
export const read = (view: DataView, buffer: ArrayBufferLike, start: number, end: number): Request | undefined => {
  let p = start
  if (end - p < 20) return undefined
  const apiKey = view.getInt8(p)
  const sequence = view.getInt8(p + 1)
  const timestamp = view.getBigInt64(p + 2)
  const subjectLength = view.getInt32(p + 10)
  p += 14
  if (subjectLength < 0 || subjectLength > end - p - 6) return undefined
  const subject = new Uint8Array(buffer, p, subjectLength)
  p += subjectLength
  const count = view.getInt16(p)
  p += 2
  if (count < 0 || count * 2 > end - p - 4) return undefined
  const metadata = new Array<number>(count)
  for (let i = 0; i < count; i++, p += 2) metadata[i] = view.getInt16(p)
  const bodyLength = view.getInt32(p)
  p += 4
  if (bodyLength < 0 || bodyLength !== end - p) return undefined
  return { apiKey, sequence, timestamp, subject, metadata, body: new Uint8Array(buffer, p, bodyLength) }
}

const isInt = (n: number, least: number, most: number): boolean => Number.isInteger(n) && n >= least && n <= most

/** Writes at `start`; gives the end, or -1 for a value that cannot be represented. The caller has made room. */
export const write = (view: DataView, bytes: Uint8Array, start: number, request: Request): number => {
  let p = start
  const { body, metadata, subject } = request
  if (!isInt(request.apiKey, -128, 127) || !isInt(request.sequence, -128, 127) || metadata.length > 32767) return -1
  view.setInt8(p, request.apiKey)
  view.setInt8(p + 1, request.sequence)
  view.setBigInt64(p + 2, request.timestamp)
  if (view.getBigInt64(p + 2) !== request.timestamp) return -1
  view.setInt32(p + 10, subject.length)
  p += 14
  if (subject.length < 32) for (let i = 0; i < subject.length; i++) bytes[p + i] = subject[i]!
  else bytes.set(subject, p)
  p += subject.length
  view.setInt16(p, metadata.length)
  p += 2
  for (let i = 0; i < metadata.length; i++, p += 2) {
    const n = metadata[i]!
    if (!isInt(n, -32768, 32767)) return -1
    view.setInt16(p, n)
  }
  view.setInt32(p, body.length)
  p += 4
  if (body.length < 32) for (let i = 0; i < body.length; i++) bytes[p + i] = body[i]!
  else bytes.set(body, p)
  return p + body.length
}
