/**
 * Reads flatbuffers and verifies them as it goes.
 *
 * Nothing is trusted: every offset must stay in the buffer, every vector must fit, and each table, string and vector
 * that is visited is paid for from a budget
 * proportional to the buffer's size. A buffer whose vectors share children, and so seems to hold millions of tables
 * in a few hundred bytes, runs
 * out of budget instead of out of memory.
 *
 * @since 0.1.0
 */
import { found, notUtf8, outside } from "./internal/details.ts"
import * as ArrowError from "./ArrowError.ts"
import { decodeUtf8 } from "./internal/utf8.ts"

/**
 * A flatbuffer being read. Every failure is thrown as an `ArrowError` with reason `FlatbufferError`, whose offset
 * counts from `base`.
 *
 * @category models
 * @since 0.1.0
 */
export class Reader {
  declare readonly bytes: Uint8Array
  declare readonly view: DataView
  declare readonly base: number
  declare readonly maxDepth: number
  /** The names of the fields on the way to what is being read; errors copy it. */
  readonly path: Array<string | number> = []
  private budget: number

  constructor(bytes: Uint8Array, base = 0, maxDepth = 128) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.base = base
    this.maxDepth = maxDepth
    this.budget = 8 * bytes.byteLength
  }

  fail(code: ArrowError.FlatbufferError["code"], position: number, detail: string): never {
    return ArrowError.raise("FlatbufferError", code, detail, this.base + position, [...this.path])
  }

  /** Refuses `size` bytes at `target`, which the bytes at `position` led to, if they leave the buffer. */
  check(position: number, target: number, size: number, alignment = 1): number {
    const { byteLength } = this.bytes
    if (target < 0 || target + size > byteLength) {
      this.fail("out-of-bounds", position, outside(size, target, byteLength))
    }
    if (target % alignment !== 0) this.fail("misaligned", position, found(target, `a multiple of ${alignment}`))
    return target
  }

  spend(amount: number, position: number): void {
    this.budget -= amount
    if (this.budget < 0) this.fail("too-many-tables", position, "more than the buffer can hold")
  }

  /** The root table. */
  root(): Table {
    this.check(0, 0, 4)
    return new Table(this, this.follow(0), 1)
  }

  /** Where the 32-bit offset stored at `position` leads: onwards. */
  follow(position: number): number {
    const distance = this.view.getUint32(position, true)
    return this.check(position, distance === 0 ? -1 : position + distance, 4, 4)
  }

  /** A vector's count, after a check that `count` items of `size` bytes follow. */
  count(position: number, size: number): number {
    const count = this.view.getUint32(position, true)
    this.check(position, position + 4, count * size)
    this.spend(count, position)
    return count
  }

  /** The bytes of the string at `position`. */
  stringBytes(position: number): Uint8Array {
    const end = position + 4 + this.count(position, 1)
    if (this.bytes[end] !== 0) this.fail("unterminated-string", position, found(this.bytes[end], 0))
    return this.bytes.subarray(position + 4, end)
  }

  /** An int64 as a number: exact up to 2^53, which what it counts must not exceed anyway. */
  int64(position: number): number {
    return this.view.getInt32(position + 4, true) * 0x1_0000_0000 + this.view.getUint32(position, true)
  }
}

/**
 * A verified table. Fields are read by their id in the `.fbs` file; absent ones give the default.
 *
 * @category models
 * @since 0.1.0
 */
export class Table {
  declare readonly reader: Reader
  declare readonly position: number
  declare private readonly depth: number
  declare private readonly vtable: number
  declare private readonly vtableLength: number

  constructor(reader: Reader, position: number, depth: number) {
    const { maxDepth, view } = reader
    reader.spend(1, position)
    if (depth > maxDepth) reader.fail("too-deep", position, found(depth, maxDepth))
    const vtable = reader.check(position, position - view.getInt32(position, true), 4, 2)
    const length = view.getUint16(vtable, true)
    reader.check(vtable, vtable, length)
    if ((length & 1) !== 0) reader.fail("misaligned", vtable, found(length, "a multiple of 2"))
    this.reader = reader
    this.position = position
    this.depth = depth
    this.vtable = vtable
    this.vtableLength = length
  }

  /** Where field `id` of `size` bytes lies, or 0 where it is absent. */
  slot(id: number, size: number, alignment = size): number {
    const { position, reader, vtable } = this
    const entry = 4 + 2 * id
    const offset = entry + 2 > this.vtableLength ? 0 : reader.view.getUint16(vtable + entry, true)
    // As in the verifier of flatbuffers, the buffer bounds a field, not the length that the table says it has.
    return offset === 0 ? 0 : reader.check(vtable + entry, position + offset, size, alignment)
  }

  /** The integer of `size` bytes in field `id`; unsigned if it is one byte, exact up to 2^53 if it is eight. */
  int(id: number, size: 1 | 2 | 4 | 8, otherwise = 0): number {
    const position = this.slot(id, size)
    const { reader } = this
    if (position === 0) return otherwise
    return size === 8
      ? reader.int64(position)
      : size === 4
        ? reader.view.getInt32(position, true)
        : size === 2
          ? reader.view.getInt16(position, true)
          : reader.bytes[position]!
  }

  bool(id: number): boolean {
    return this.int(id, 1) !== 0
  }

  bigint(id: number): bigint {
    const position = this.slot(id, 8)
    return position === 0 ? 0n : this.reader.view.getBigInt64(position, true)
  }

  /** What the offset in field `id` leads to, or 0 where it is absent. */
  private target(id: number): number {
    const position = this.slot(id, 4)
    return position === 0 ? 0 : this.reader.follow(position)
  }

  private at(position: number): Table {
    return new Table(this.reader, position, this.depth + 1)
  }

  /** The table that field `id` refers to. */
  table(id: number): Table | undefined {
    const position = this.target(id)
    return position === 0 ? undefined : this.at(position)
  }

  /** The table that field `id`, called `name`, must refer to. */
  required(id: number, name: string): Table {
    return this.table(id) ?? this.missing(name)
  }

  /** The bytes of a string; `undefined` if absent. */
  stringBytes(id: number): Uint8Array | undefined {
    const position = this.target(id)
    return position === 0 ? undefined : this.reader.stringBytes(position)
  }

  /** A string that must be UTF-8; `undefined` if absent. */
  string(id: number): string | undefined {
    const bytes = this.stringBytes(id)
    return bytes && (decodeUtf8(bytes) ?? this.reader.fail("invalid-utf8", this.slot(id, 4), notUtf8))
  }

  /** The items of a vector, of `size` bytes each, read by `item` at the position of each; `undefined` if absent. */
  items<A>(id: number, size: number, item: (reader: Reader, position: number) => A): Array<A> | undefined {
    const start = this.target(id)
    if (start === 0) return undefined
    const items: Array<A> = []
    for (let i = this.reader.count(start, size); i > 0; i--) {
      items.push(item(this.reader, start + 4 + items.length * size))
    }
    return items
  }

  /** The tables of a vector, read by `item`; `undefined` if absent. */
  tables<A>(id: number, item: (table: Table) => A): Array<A> | undefined {
    return this.items(id, 4, (reader, position) => item(this.at(reader.follow(position))))
  }

  missing(name: string): never {
    return this.reader.fail("missing-field", this.position, name)
  }
}
