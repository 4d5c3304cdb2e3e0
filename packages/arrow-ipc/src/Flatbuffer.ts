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
import * as ArrowError from "./ArrowError.ts"

const fatal = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/**
 * The text of UTF-8 `bytes`, or `undefined` if they are not UTF-8.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return fatal.decode(bytes)
  } catch {
    return undefined
  }
}

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
    throw ArrowError.make({ _tag: "FlatbufferError", code }, detail, this.base + position, [...this.path])
  }

  spend(amount: number, position: number): void {
    this.budget -= amount
    if (this.budget < 0) this.fail("too-many-tables", position, "more tables and vectors than the buffer can hold")
  }

  /** The root table. */
  root(): Table {
    if (this.bytes.byteLength < 4) this.fail("out-of-bounds", 0, `${this.bytes.byteLength} bytes hold no flatbuffer`)
    return new Table(this, this.follow(0), 1)
  }

  /** Where the 32-bit offset stored at `position` leads. */
  follow(position: number): number {
    const target = position + this.view.getUint32(position, true)
    if (target === position || target > this.bytes.byteLength - 4) {
      this.fail("out-of-bounds", position, `an offset leads to byte ${target} of ${this.bytes.byteLength}`)
    }
    if ((target & 3) !== 0) this.fail("misaligned", position, `an offset leads to byte ${target}`)
    return target
  }

  /** A vector's count, after a check that `count` items of `size` bytes follow. */
  count(position: number, size: number): number {
    const count = this.view.getUint32(position, true)
    if (count * size > this.bytes.byteLength - position - 4) {
      this.fail("out-of-bounds", position, `a vector of ${count} items of ${size} bytes does not fit`)
    }
    this.spend(count, position)
    return count
  }

  /** The bytes of the string at `position`. */
  stringBytes(position: number): Uint8Array {
    const length = this.count(position, 1)
    const end = position + 4 + length
    if (end >= this.bytes.byteLength || this.bytes[end] !== 0) {
      this.fail("unterminated-string", position, `a string of ${length} bytes does not end in zero`)
    }
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
  private declare readonly depth: number
  private declare readonly vtable: number
  private declare readonly vtableLength: number

  constructor(reader: Reader, position: number, depth: number) {
    const { bytes, maxDepth, view } = reader
    reader.spend(1, position)
    if (depth > maxDepth) reader.fail("too-deep", position, `tables nest deeper than ${maxDepth}`)
    const vtable = position - view.getInt32(position, true)
    const end = bytes.byteLength
    if (vtable < 0 || vtable > end - 4) reader.fail("out-of-bounds", position, `a vtable lies at byte ${vtable}`)
    if ((vtable & 1) !== 0) reader.fail("misaligned", position, `a vtable lies at byte ${vtable}`)
    const vtableLength = view.getUint16(vtable, true)
    if ((vtableLength & 1) !== 0) reader.fail("misaligned", vtable, `a vtable is ${vtableLength} bytes long`)
    if (vtable + vtableLength > end) reader.fail("out-of-bounds", vtable, `a vtable of ${vtableLength} bytes`)
    this.reader = reader
    this.position = position
    this.depth = depth
    this.vtable = vtable
    this.vtableLength = vtableLength
  }

  /** Where field `id` of `size` bytes lies, or 0 where it is absent. */
  slot(id: number, size: number, alignment = size): number {
    const entry = 4 + 2 * id
    if (entry + 2 > this.vtableLength) return 0
    const offset = this.reader.view.getUint16(this.vtable + entry, true)
    if (offset === 0) return 0
    const position = this.position + offset
    // As in the verifier of flatbuffers, the buffer bounds a field, not the length that the table says it has.
    if (position + size > this.reader.bytes.byteLength) {
      this.reader.fail("out-of-bounds", position, `field ${id} leaves the buffer`)
    }
    if (position % alignment !== 0) this.reader.fail("misaligned", position, `field ${id} is not aligned`)
    return position
  }

  uint8(id: number): number {
    const position = this.slot(id, 1)
    return position === 0 ? 0 : this.reader.view.getUint8(position)
  }

  bool(id: number): boolean {
    return this.uint8(id) !== 0
  }

  int16(id: number, otherwise = 0): number {
    const position = this.slot(id, 2)
    return position === 0 ? otherwise : this.reader.view.getInt16(position, true)
  }

  int32(id: number, otherwise = 0): number {
    const position = this.slot(id, 4)
    return position === 0 ? otherwise : this.reader.view.getInt32(position, true)
  }

  int64(id: number): number {
    const position = this.slot(id, 8)
    return position === 0 ? 0 : this.reader.int64(position)
  }

  bigint(id: number): bigint {
    const position = this.slot(id, 8)
    return position === 0 ? 0n : this.reader.view.getBigInt64(position, true)
  }

  /** The table that field `id` refers to. */
  table(id: number): Table | undefined {
    const position = this.slot(id, 4)
    return position === 0 ? undefined : new Table(this.reader, this.reader.follow(position), this.depth + 1)
  }

  /** The table that field `id`, called `name`, must refer to. */
  required(id: number, name: string): Table {
    return this.table(id) ?? this.missing(name)
  }

  /** The bytes of a string; `undefined` if absent. */
  stringBytes(id: number): Uint8Array | undefined {
    const position = this.slot(id, 4)
    return position === 0 ? undefined : this.reader.stringBytes(this.reader.follow(position))
  }

  /** A string that must be UTF-8; `undefined` if absent. */
  string(id: number): string | undefined {
    const bytes = this.stringBytes(id)
    return bytes === undefined
      ? undefined
      : (decodeUtf8(bytes) ?? this.reader.fail("invalid-utf8", this.slot(id, 4), "a string is not UTF-8"))
  }

  /**
   * Where the vector of field `id` starts (its count), after a check that its items of `size` bytes fit; 0 if absent.
   */
  vector(id: number, size: number): number {
    const position = this.slot(id, 4)
    if (position === 0) return 0
    const at = this.reader.follow(position)
    this.reader.count(at, size)
    return at
  }

  /** The items of a vector, read by `item` at the position of each; `undefined` if absent. */
  items<A>(id: number, size: number, item: (reader: Reader, position: number) => A): Array<A> | undefined {
    const at = this.vector(id, size)
    if (at === 0) return undefined
    const count = this.reader.view.getUint32(at, true)
    const items: Array<A> = []
    for (let i = 0; i < count; i++) items.push(item(this.reader, at + 4 + i * size))
    return items
  }

  /** The tables of a vector, read by `item`; `undefined` if absent. */
  tables<A>(id: number, item: (table: Table, index: number) => A): Array<A> | undefined {
    const at = this.vector(id, 4)
    if (at === 0) return undefined
    const count = this.reader.view.getUint32(at, true)
    const items: Array<A> = []
    for (let i = 0; i < count; i++) {
      const position = this.reader.follow(at + 4 + 4 * i)
      items.push(item(new Table(this.reader, position, this.depth + 1), i))
    }
    return items
  }

  missing(name: string): never {
    return this.reader.fail("missing-field", this.position, `the table has no ${name}`)
  }
}
