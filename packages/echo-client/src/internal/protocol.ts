/** Stands in for echo-protocol until it lands. */
import * as Result from "effect/Result"

export interface Request {
  readonly apiKey: number
  readonly sequence: number
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly metadata: ReadonlyArray<number>
  readonly body: Uint8Array
}
export interface Response {
  readonly apiKey: number
  readonly sequence: number
  readonly id: number
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly body: Uint8Array
}
export interface DecodeError {
  readonly message: string
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const requestSize = (r: Request): number => 24 + r.subject.length + 2 * r.metadata.length + r.body.length
export const responseSize = (r: Response): number => 26 + r.subject.length + r.body.length

export const writeRequest = (r: Request, out: Uint8Array, p: number): number => {
  const size = requestSize(r)
  if (p + size > out.length || r.metadata.length > 32767) return -1
  const v = viewOf(out)
  v.setInt32(p, size - 4)
  v.setInt8(p + 4, r.apiKey)
  v.setInt8(p + 5, r.sequence)
  v.setBigInt64(p + 6, r.timestamp)
  if (v.getBigInt64(p + 6) !== r.timestamp) return -1
  v.setInt32(p + 14, r.subject.length)
  p += 18
  out.set(r.subject, p)
  p += r.subject.length
  v.setInt16(p, r.metadata.length)
  p += 2
  for (const n of r.metadata) {
    v.setInt16(p, n)
    if (v.getInt16(p) !== n) return -1
    p += 2
  }
  v.setInt32(p, r.body.length)
  p += 4
  out.set(r.body, p)
  return p + r.body.length
}

export const writeResponse = (r: Response, out: Uint8Array, p: number): number => {
  const size = responseSize(r)
  if (p + size > out.length) return -1
  const v = viewOf(out)
  v.setInt32(p, size - 4)
  v.setInt8(p + 4, r.apiKey)
  v.setInt8(p + 5, r.sequence)
  v.setInt32(p + 6, r.id)
  v.setBigInt64(p + 10, r.timestamp)
  v.setInt32(p + 18, r.subject.length)
  p += 22
  out.set(r.subject, p)
  p += r.subject.length
  v.setInt32(p, r.body.length)
  p += 4
  out.set(r.body, p)
  return p + r.body.length
}

export interface Parser<A> {
  readonly feed: (bytes: Uint8Array) => void
  readonly parse: () => Result.Result<ReadonlyArray<A>, DecodeError>
}

const makeParser = <A>(
  read: (v: DataView, b: Uint8Array, p: number, end: number) => A | undefined,
  maxFrameSize: number
): Parser<A> => {
  let rest = new Uint8Array(0)
  let failed: DecodeError | undefined
  return {
    feed(bytes) {
      if (rest.length === 0) rest = bytes as Uint8Array<ArrayBuffer>
      else {
        const joined = new Uint8Array(rest.length + bytes.length)
        joined.set(rest)
        joined.set(bytes, rest.length)
        rest = joined
      }
    },
    parse() {
      if (failed !== undefined) return Result.fail(failed)
      const out: Array<A> = []
      const v = viewOf(rest)
      let p = 0
      while (rest.length - p >= 4) {
        const size = v.getInt32(p)
        if (size < 2 || size > maxFrameSize) return Result.fail((failed = { message: `size ${size} at offset ${p}` }))
        if (rest.length - p < 4 + size) break
        const a = read(v, rest, p + 4, p + 4 + size)
        if (a === undefined) return Result.fail((failed = { message: `malformed at offset ${p}` }))
        out.push(a)
        p += 4 + size
      }
      rest = rest.subarray(p)
      return Result.succeed(out)
    }
  }
}

const readResponse = (v: DataView, b: Uint8Array, p: number, end: number): Response | undefined => {
  if (end - p < 22) return undefined
  const subject = v.getInt32(p + 14)
  if (subject < 0 || subject > end - p - 22) return undefined
  const body = v.getInt32(p + 18 + subject)
  if (body !== end - p - 22 - subject) return undefined
  return {
    apiKey: v.getInt8(p),
    sequence: v.getInt8(p + 1),
    id: v.getInt32(p + 2),
    timestamp: v.getBigInt64(p + 6),
    subject: b.subarray(p + 18, p + 18 + subject),
    body: b.subarray(p + 22 + subject, end)
  }
}

const readRequest = (v: DataView, b: Uint8Array, p: number, end: number): Request | undefined => {
  if (end - p < 20) return undefined
  const subject = v.getInt32(p + 10)
  if (subject < 0 || subject > end - p - 20) return undefined
  const count = v.getInt16(p + 14 + subject)
  if (count < 0 || count * 2 > end - p - 20 - subject) return undefined
  const metadata: Array<number> = []
  for (let i = 0; i < count; i++) metadata.push(v.getInt16(p + 16 + subject + 2 * i))
  const body = v.getInt32(p + 16 + subject + 2 * count)
  if (body !== end - p - 20 - subject - 2 * count) return undefined
  return {
    apiKey: v.getInt8(p),
    sequence: v.getInt8(p + 1),
    timestamp: v.getBigInt64(p + 2),
    subject: b.subarray(p + 14, p + 14 + subject),
    metadata,
    body: b.subarray(end - body, end)
  }
}
export const responseParser = (maxFrameSize: number): Parser<Response> => makeParser(readResponse, maxFrameSize)
export const requestParser = (maxFrameSize: number): Parser<Request> => makeParser(readRequest, maxFrameSize)
