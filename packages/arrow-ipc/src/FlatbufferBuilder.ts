/**
 * Writes flatbuffers front to back: a table first, then what it refers to, so that every offset leads forward as the
 * format demands.
 *
 * A table is described by its slots, in the order of the field ids in the `.fbs` file; `undefined` is an absent
 * field. The buffer is zero-filled, so padding never shows what was in memory.
 *
 * @since 0.1.0
 */
const utf8 = /* @__PURE__ */ new TextEncoder()

/**
 * The bytes written so far, growing as needed.
 *
 * @category models
 * @since 0.1.0
 */
export class Builder {
  bytes: Uint8Array = new Uint8Array(1024)
  view: DataView = new DataView(this.bytes.buffer)
  length = 0

  /** Appends `size` zero bytes at the next position whose distance from `phase` divides by `alignment`; returns it. */
  reserve(size: number, alignment: number, phase = 0): number {
    const misfit = (this.length + phase) % alignment
    const position = this.length + (misfit === 0 ? 0 : alignment - misfit)
    this.length = position + size
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, 2 * this.bytes.length))
      grown.set(this.bytes)
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    return position
  }

  int64(position: number, value: number): void {
    this.view.setUint32(position, value >>> 0, true)
    this.view.setInt32(position + 4, Math.floor(value / 0x1_0000_0000), true)
  }
}

/**
 * Something that an offset can lead to: appends itself and returns its position.
 *
 * @category models
 * @since 0.1.0
 */
export type Target = (builder: Builder) => number

/**
 * One field of a table: `size` bytes, that `write` fills in. A field that refers to a target returns it from `write`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Slot {
  readonly size: number
  readonly alignment: number
  readonly write: (builder: Builder, position: number) => Target | void
}

/**
 * An 8-bit field; absent where it is the default.
 *
 * @category slots
 * @since 0.1.0
 */
export const int8 = (value: number, otherwise = 0): Slot | undefined =>
  value === otherwise
    ? undefined
    : { size: 1, alignment: 1, write: (builder, position) => builder.view.setUint8(position, value) }

/**
 * A boolean field, false by default.
 *
 * @category slots
 * @since 0.1.0
 */
export const bool = (value: boolean): Slot | undefined => int8(value ? 1 : 0)

/**
 * A 16-bit field; absent where it is the default.
 *
 * @category slots
 * @since 0.1.0
 */
export const int16 = (value: number, otherwise = 0): Slot | undefined =>
  value === otherwise
    ? undefined
    : { size: 2, alignment: 2, write: (builder, position) => builder.view.setInt16(position, value, true) }

/**
 * A 32-bit field; absent where it is the default.
 *
 * @category slots
 * @since 0.1.0
 */
export const int32 = (value: number, otherwise = 0): Slot | undefined =>
  value === otherwise
    ? undefined
    : { size: 4, alignment: 4, write: (builder, position) => builder.view.setInt32(position, value, true) }

/**
 * A 64-bit field; absent where it is zero.
 *
 * @category slots
 * @since 0.1.0
 */
export const int64 = (value: bigint | number): Slot | undefined =>
  value === 0 || value === 0n
    ? undefined
    : {
        size: 8,
        alignment: 8,
        write: (builder, position) => builder.view.setBigInt64(position, BigInt(value), true)
      }

/**
 * A struct of int64 fields, stored in the table itself.
 *
 * @category slots
 * @since 0.1.0
 */
export const inline = (values: ReadonlyArray<number>): Slot => ({
  size: 8 * values.length,
  alignment: 8,
  write: (builder, position) => values.forEach((value, i) => builder.int64(position + 8 * i, value))
})

/**
 * A field that leads to a table, vector or string; absent where there is none.
 *
 * @category slots
 * @since 0.1.0
 */
export const ref = (target: Target | undefined): Slot | undefined =>
  target === undefined ? undefined : { size: 4, alignment: 4, write: () => target }

/**
 * A table of these slots.
 *
 * @category targets
 * @since 0.1.0
 */
export const table =
  (slots: ReadonlyArray<Slot | undefined>): Target =>
  (builder) => {
    const present = slots.flatMap((slot, id) => (slot === undefined ? [] : [{ slot, id }]))
    const count = present.length === 0 ? 0 : present[present.length - 1]!.id + 1
    const vtable = builder.reserve(4 + 2 * count, 2)
    // Widest first leaves no gaps behind the table's leading offset but those four bytes.
    present.sort((a, b) => b.slot.alignment - a.slot.alignment)
    const wide = present.length > 0 && present[0]!.slot.alignment === 8
    const start = builder.reserve(4, wide ? 8 : 4, wide ? 4 : 0)
    const targets: Array<[number, Target]> = []
    for (const { id, slot } of present) {
      const position = builder.reserve(slot.size, slot.alignment)
      builder.view.setUint16(vtable + 4 + 2 * id, position - start, true)
      const target = slot.write(builder, position)
      if (target !== undefined) targets.push([position, target])
    }
    builder.view.setUint16(vtable, 4 + 2 * count, true)
    builder.view.setUint16(vtable + 2, builder.length - start, true)
    builder.view.setInt32(start, start - vtable, true)
    link(builder, targets)
    return start
  }

const link = (builder: Builder, targets: ReadonlyArray<readonly [number, Target]>): void => {
  for (const [position, target] of targets) {
    const at = target(builder)
    builder.view.setUint32(position, at - position, true)
  }
}

/**
 * A string: its length, UTF-8 (or the bytes given), and a zero.
 *
 * @category targets
 * @since 0.1.0
 */
export const string =
  (value: string | Uint8Array): Target =>
  (builder) => {
    const bytes = typeof value === "string" ? utf8.encode(value) : value
    const position = builder.reserve(4 + bytes.length + 1, 4)
    builder.view.setUint32(position, bytes.length, true)
    builder.bytes.set(bytes, position + 4)
    return position
  }

/**
 * A vector of offsets.
 *
 * @category targets
 * @since 0.1.0
 */
export const vector =
  (targets: ReadonlyArray<Target>): Target =>
  (builder) => {
    const position = builder.reserve(4 + 4 * targets.length, 4)
    builder.view.setUint32(position, targets.length, true)
    link(
      builder,
      targets.map((target, i) => [position + 4 + 4 * i, target])
    )
    return position
  }

/**
 * A vector of `count` items of `size` bytes, aligned to `alignment`, each filled in by `write`.
 *
 * @category targets
 * @since 0.1.0
 */
export const items =
  (
    count: number,
    size: number,
    alignment: number,
    write: (builder: Builder, position: number, index: number) => void
  ): Target =>
  (builder) => {
    const position = builder.reserve(4 + count * size, alignment, 4)
    builder.view.setUint32(position, count, true)
    for (let i = 0; i < count; i++) write(builder, position + 4 + i * size, i)
    return position
  }

/**
 * The whole flatbuffer of a root table, its length a multiple of 8. The caller owns it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const build = (root: Target): Uint8Array => {
  const builder = new Builder()
  builder.reserve(4, 4)
  link(builder, [[0, root]])
  builder.reserve(0, 8)
  return builder.bytes.subarray(0, builder.length)
}
