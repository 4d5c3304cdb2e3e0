/**
 * The LZ4 Frame Format (version 1.6.4), both ways, without a dependency: what Arrow's `LZ4_FRAME` body compression
 * holds.
 *
 * **Details**
 *
 * Reads linked and independent blocks, stored blocks, skippable frames and frames in a row, and checks every
 * checksum that is present. Frames that need a dictionary are refused. Writes one frame of independent blocks with
 * its content size. Nothing is allocated on the word of a length field: LZ4 cannot expand a byte to more than 255.
 */
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import type { CompressionCodec } from "./internal/compressionCodec.ts"
import * as Lz4Block from "./internal/lz4Block.ts"
import { xxHash32 } from "./internal/xxHash32.ts"

const frameMagic = 0x184d2204
const blockMaximum = [65_536, 262_144, 1_048_576, 4_194_304] as const

/**
 * How far `decode` may go: `length` when the decoded length is known (it must then match exactly), `maxLength`
 * otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export interface DecodeOptions {
  readonly length?: number
  /** Default 2 GiB - 1. */
  readonly maxLength?: number
}

/**
 * What `encode` adds to a frame: `contentChecksum` appends the xxHash32 of the content (default off; Arrow writers
 * omit it).
 *
 * @category models
 * @since 0.1.0
 */
export interface EncodeOptions {
  readonly contentChecksum?: boolean
}

interface Block {
  readonly from: number
  readonly end: number
  readonly stored: boolean
}

interface Frame {
  readonly independent: boolean
  readonly contentSize: number | undefined
  readonly contentChecksum: number | undefined
  readonly maximum: number
  readonly blocks: ReadonlyArray<Block>
}

interface Parsed {
  readonly frame: Frame | undefined
  readonly end: number
}

const malformed = (problem: string, offset: number): ArrowError.ArrowError =>
  ArrowError.make({ _tag: "CompressionError", code: "corrupt" }, `LZ4_FRAME: ${problem}`, offset)

const parse = (bytes: Uint8Array, view: DataView, start: number): Parsed => {
  const need = (count: number, at: number, what: string) => {
    if (count > bytes.length - at) throw malformed(`the frame ends inside its ${what}`, at)
  }
  need(4, start, "magic number")
  const magic = view.getUint32(start, true)
  if (magic >>> 4 === 0x184d2a5) {
    need(8, start, "skippable frame's length")
    const length = view.getUint32(start + 4, true)
    need(length, start + 8, "skippable data")
    return { frame: undefined, end: start + 8 + length }
  }
  if (magic !== frameMagic) throw malformed(`no LZ4 frame (magic number 0x${magic.toString(16)})`, start)
  need(3, start + 4, "header")
  const flags = bytes[start + 4]!
  const descriptor = bytes[start + 5]!
  if (flags >>> 6 !== 1) throw malformed(`frame version ${flags >>> 6} where 1 is known`, start + 4)
  if ((flags & 2) !== 0) throw malformed("a reserved flag is set", start + 4)
  if ((flags & 1) !== 0) throw malformed("the frame needs a dictionary", start + 4)
  const maximum = blockMaximum[(descriptor >>> 4) - 4]
  if (maximum === undefined || (descriptor & 15) !== 0) {
    throw malformed(`block descriptor 0x${descriptor.toString(16)} is reserved`, start + 5)
  }
  const hasSize = (flags & 8) !== 0
  const header = start + (hasSize ? 14 : 6)
  need(1, header, "header")
  const contentSize = hasSize ? view.getBigUint64(start + 6, true) : undefined
  if (((xxHash32(bytes, start + 4, header) >>> 8) & 255) !== bytes[header]) {
    throw malformed("the header's checksum does not match", header)
  }
  const blocks: Array<Block> = []
  let p = header + 1
  while (true) {
    need(4, p, "block size")
    const word = view.getUint32(p, true)
    p += 4
    if (word === 0) break
    const size = word & 0x7fff_ffff
    if (size > maximum) throw malformed(`a block of ${size} bytes where at most ${maximum} are allowed`, p - 4)
    need(size, p, "block")
    blocks.push({ from: p, end: p + size, stored: word >>> 31 === 1 })
    p += size
    if ((flags & 16) !== 0) {
      need(4, p, "block checksum")
      if (xxHash32(bytes, p - size, p) !== view.getUint32(p, true)) {
        throw malformed("a block's checksum does not match", p)
      }
      p += 4
    }
  }
  let contentChecksum: number | undefined
  if ((flags & 4) !== 0) {
    need(4, p, "content checksum")
    contentChecksum = view.getUint32(p, true)
    p += 4
  }
  return {
    frame: {
      independent: (flags & 32) !== 0,
      contentSize: contentSize === undefined ? undefined : Number(contentSize),
      contentChecksum,
      maximum,
      blocks
    },
    end: p
  }
}

const parseAll = (bytes: Uint8Array): ReadonlyArray<Frame> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Array<Frame> = []
  let p = 0
  do {
    const parsed = parse(bytes, view, p)
    if (parsed.frame !== undefined) frames.push(parsed.frame)
    p = parsed.end
  } while (p < bytes.length && !isZero(bytes, p))
  return frames
}

// Arrow lets a buffer's length include its padding.
const isZero = (bytes: Uint8Array, from: number): boolean => {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false
  return true
}

const capacityOf = (frames: ReadonlyArray<Frame>): number => {
  let capacity = 0
  for (const frame of frames) {
    for (const block of frame.blocks) {
      const size = block.end - block.from
      capacity += block.stored ? size : Math.min(frame.maximum, size * 255)
    }
  }
  return capacity
}

const reasons = [
  "ends inside a sequence",
  "has a match that reaches before its window",
  "decodes to more than is allowed"
]

const decodeFrame = (bytes: Uint8Array, frame: Frame, output: Uint8Array, start: number): number => {
  let q = start
  for (const { end, from, stored } of frame.blocks) {
    const limit = Math.min(output.length, q + frame.maximum)
    if (stored) {
      if (end - from > limit - q) throw malformed("a block decodes to more than is allowed", from)
      output.set(bytes.subarray(from, end), q)
      q += end - from
      continue
    }
    const next = Lz4Block.decodeBlock(bytes, from, end, output, q, limit, frame.independent ? q : start)
    if (next < 0) {
      const { position, reason } = Lz4Block.faultOf(next)
      throw malformed(`a block ${reasons[reason]!}`, position)
    }
    q = next
  }
  if (frame.contentSize !== undefined && frame.contentSize !== q - start) {
    throw malformed(`the frame announces ${frame.contentSize} bytes and holds ${q - start}`, 6)
  }
  if (frame.contentChecksum !== undefined && xxHash32(output, start, q) !== frame.contentChecksum) {
    throw malformed("the content's checksum does not match", bytes.length)
  }
  return q
}

const decodeAll = (bytes: Uint8Array, options: DecodeOptions): Uint8Array => {
  const frames = parseAll(bytes)
  const capacity = capacityOf(frames)
  const { length } = options
  if (length !== undefined && length > capacity) {
    throw malformed(`${length} bytes were announced and at most ${capacity} can follow`, 0)
  }
  const output = new Uint8Array(length ?? Math.min(capacity, options.maxLength ?? 0x7fff_ffff))
  let q = 0
  for (const frame of frames) q = decodeFrame(bytes, frame, output, q)
  if (length !== undefined && q !== length) {
    throw malformed(`${length} bytes were announced and ${q} decoded`, bytes.length)
  }
  return q === output.length ? output : output.slice(0, q)
}

/**
 * Decodes the LZ4 frames in `bytes`.
 *
 * **Details**
 *
 * The result is a new array that the caller owns. Bytes of zero after the last frame are padding. Fails with
 * `CompressionError/corrupt` and the offset inside `bytes`: a damaged header, block or checksum, a dictionary, a
 * length that does not match `length`, or more than `maxLength` bytes. What it allocates is at most 255 times `bytes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  bytes: Uint8Array,
  options: DecodeOptions = {}
): Result.Result<Uint8Array, ArrowError.ArrowError> => ArrowError.attempt(() => decodeAll(bytes, options))

/**
 * Encodes `bytes` as one LZ4 frame: independent blocks of at most 4 MiB, stored where compression does not help, and
 * the content size.
 *
 * **Details**
 *
 * The result is at most 19 bytes, and 4 for each 4 MiB, longer than the input. The caller owns it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (bytes: Uint8Array, options: EncodeOptions = {}): Uint8Array => {
  const size = Math.max(
    0,
    blockMaximum.findIndex((maximum) => bytes.length <= maximum)
  )
  const index = bytes.length > blockMaximum[3] ? 3 : size
  const maximum = blockMaximum[index]!
  const blocks = Math.ceil(bytes.length / maximum)
  const output = new Uint8Array(15 + Lz4Block.bound(bytes.length) + blocks * 20 + 8)
  const view = new DataView(output.buffer)
  view.setUint32(0, frameMagic, true)
  output[4] = 0b0110_1000 | (options.contentChecksum === true ? 4 : 0)
  output[5] = (index + 4) << 4
  view.setBigUint64(6, BigInt(bytes.length), true)
  output[14] = xxHash32(output, 4, 14) >>> 8
  let q = 15
  for (let from = 0; from < bytes.length; from += maximum) {
    const end = Math.min(bytes.length, from + maximum)
    const next = Lz4Block.encodeBlock(bytes, from, end, output, q + 4)
    if (next < 0) {
      view.setUint32(q, ((end - from) | 0x8000_0000) >>> 0, true)
      output.set(bytes.subarray(from, end), q + 4)
      q += 4 + end - from
    } else {
      view.setUint32(q, next - q - 4, true)
      q = next
    }
  }
  // A block that did not compress has left bytes here.
  view.setUint32(q, 0, true)
  q += 4
  if (options.contentChecksum === true) {
    view.setUint32(q, xxHash32(bytes, 0, bytes.length), true)
    q += 4
  }
  return output.subarray(0, q)
}

/**
 * This module as the `LZ4_FRAME` of `CompressionCodecs`.
 *
 * @category codecs
 * @since 0.1.0
 */
export const codec: CompressionCodec = {
  compress: (bytes) => encode(bytes),
  decompress: (bytes, length) => decodeAll(bytes, { length })
}
