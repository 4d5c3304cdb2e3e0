/** The yardstick's other half: responses written by hand, with every check that a codec makes. */
import type { Response } from "@bytewright/echo-protocol/Response"
import { copy, isInt } from "../../echo-protocol/bench/byHand.ts"

/** Writes the frame at `start`, where there is room; returns the end, or -1 when the response cannot be represented. */
export const writeResponse = (response: Response, out: DataView, bytes: Uint8Array, start: number): number => {
  const { apiKey, body, id, sequence, subject, timestamp } = response
  if (apiKey !== 0 || !isInt(sequence, -128, 127) || !isInt(id, -2147483648, 2147483647)) return -1
  out.setInt32(start, 22 + subject.length + body.length)
  out.setInt8(start + 4, apiKey)
  out.setInt8(start + 5, sequence)
  out.setInt32(start + 6, id)
  out.setBigInt64(start + 10, timestamp)
  if (out.getBigInt64(start + 10) !== timestamp) return -1
  out.setInt32(start + 18, subject.length)
  const p = copy(subject, bytes, start + 22)
  out.setInt32(p, body.length)
  return copy(body, bytes, p + 4)
}
