/** The yardstick: requests read and responses written by hand, with every check that a codec makes. */
import type { Request } from "@bytewright/echo-protocol/Request"
import type { Response } from "@bytewright/echo-protocol/Response"

export const readRequest = (view: DataView, start: number, end: number): Request | undefined => {
  if (end - start < 20) return undefined
  const apiKey = view.getInt8(start)
  if (apiKey !== 0) return undefined
  const sequence = view.getInt8(start + 1)
  const timestamp = view.getBigInt64(start + 2)
  const subjectLength = view.getInt32(start + 10)
  let p = start + 14
  if (subjectLength < 0 || subjectLength > end - p - 6) return undefined
  const subject = new Uint8Array(view.buffer, view.byteOffset + p, subjectLength)
  p += subjectLength
  const count = view.getInt16(p)
  p += 2
  if (count < 0 || 2 * count > end - p - 4) return undefined
  const metadata = new Array<number>(count)
  for (let i = 0; i < count; i++, p += 2) metadata[i] = view.getInt16(p)
  const bodyLength = view.getInt32(p)
  p += 4
  if (bodyLength !== end - p) return undefined
  return {
    apiKey,
    sequence,
    timestamp,
    subject,
    metadata,
    body: new Uint8Array(view.buffer, view.byteOffset + p, bodyLength)
  }
}

const copy = (from: Uint8Array, to: Uint8Array, p: number): void => {
  if (from.length < 32) for (let i = 0; i < from.length; i++) to[p + i] = from[i]!
  else to.set(from, p)
}

const isInt = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most

/** Writes the frame at `p`, where there is room; returns the end, or -1 when the response cannot be represented. */
export const writeResponse = (response: Response, out: DataView, bytes: Uint8Array, p: number): number => {
  const { apiKey, body, id, sequence, subject, timestamp } = response
  if (apiKey !== 0 || !isInt(sequence, -128, 127) || !isInt(id, -2147483648, 2147483647)) return -1
  out.setInt32(p, 22 + subject.length + body.length)
  out.setInt8(p + 4, apiKey)
  out.setInt8(p + 5, sequence)
  out.setInt32(p + 6, id)
  out.setBigInt64(p + 10, timestamp)
  if (out.getBigInt64(p + 10) !== timestamp) return -1
  out.setInt32(p + 18, subject.length)
  p += 22
  copy(subject, bytes, p)
  p += subject.length
  out.setInt32(p, body.length)
  copy(body, bytes, p + 4)
  return p + 4 + body.length
}
