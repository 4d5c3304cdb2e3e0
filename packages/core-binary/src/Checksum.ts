/**
 * Checksum algorithms for `Binary.Checksum`: CRC-32, CRC-32C, Adler-32, and what a caller brings.
 *
 * They detect accidents, not attacks.
 *
 * @since 0.1.0
 */
import type { Algorithm } from "./Layout.ts"

/**
 * An algorithm of one's own. `name` is part of the layout's identity; `compute` gives an unsigned number of at most
 * 32 bits over `bytes[start, end)`, and must not keep or change them.
 *
 * **Example** (The checksum of the Internet protocols)
 *
 * ```ts
 * import { Binary, Checksum, Codec } from "@bytewright/core-binary"
 *
 * const internet = Checksum.make("internet", (bytes, start, end) => {
 *   let sum = 0
 *   for (let i = start; i < end; i++) sum += (i - start) % 2 === 0 ? bytes[i]! << 8 : bytes[i]!
 *   while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
 *   return ~sum & 0xffff
 * })
 * const codec = Codec.make(
 *   Binary.Struct({
 *     id: Binary.Uint16,
 *     checksum: Binary.Checksum(Binary.Uint16, internet, { from: "id", to: "end" }),
 *     data: Binary.Bytes(2),
 *     end: Binary.Padding(0)
 *   })
 * )
 * console.log(codec.encodeSync({ id: 1, data: Uint8Array.of(0x10, 0x20) }))
 * // => Uint8Array(6) [ 0, 1, 239, 222, 16, 32 ]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (name: string, compute: Algorithm["compute"]): Algorithm => ({ name, compute })

/** The tables that take eight bytes at once: `tables[k * 256 + b]` is what byte `b` adds with `k` bytes behind it. */
const tablesOf = (polynomial: number): Int32Array => {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0)
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!
    tables[i] = (before >>> 8) ^ tables[before & 255]!
  }
  return tables
}

/** A reflected 32-bit CRC that starts and ends inverted. */
const crc = (name: string, polynomial: number): Algorithm => {
  let tables: Int32Array | undefined
  return make(name, (bytes, start, end) => {
    const t = (tables ??= tablesOf(polynomial))
    let crc = -1
    let p = start
    for (; p + 8 <= end; p += 8) {
      const low = crc ^ (bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24))
      crc =
        t[0x700 | (low & 255)]! ^
        t[0x600 | ((low >>> 8) & 255)]! ^
        t[0x500 | ((low >>> 16) & 255)]! ^
        t[0x400 | (low >>> 24)]! ^
        t[0x300 | bytes[p + 4]!]! ^
        t[0x200 | bytes[p + 5]!]! ^
        t[0x100 | bytes[p + 6]!]! ^
        t[bytes[p + 7]!]!
    }
    for (; p < end; p++) crc = (crc >>> 8) ^ t[(crc ^ bytes[p]!) & 255]!
    return ~crc >>> 0
  })
}

/** The CRC-32 of Ethernet, zip, gzip and PNG (ISO/IEC 3309, RFC 1952): of `123456789` it is 0xCBF43926. @category algorithms @since 0.1.0 */
export const crc32: Algorithm = crc("crc32", 0xedb88320)

/** The CRC-32C (Castagnoli) of iSCSI, Kafka and ext4 (RFC 3720, B.4): of `123456789` it is 0xE3069283. @category algorithms @since 0.1.0 */
export const crc32c: Algorithm = crc("crc32c", 0x82f63b78)

/** Sums stay below 2^32 for as many bytes without a division (zlib's NMAX). */
const adlerBlock = 5552

/** The Adler-32 of zlib (RFC 1950, 8.2): of `Wikipedia` it is 0x11E60398. @category algorithms @since 0.1.0 */
export const adler32: Algorithm = make("adler32", (bytes, start, end) => {
  let a = 1
  let b = 0
  for (let p = start; p < end;) {
    for (const stop = Math.min(end, p + adlerBlock); p < stop; p++) {
      a += bytes[p]!
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return b * 65536 + a
})
