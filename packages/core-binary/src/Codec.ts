/**
 * The compiled, synchronous reading and writing of a layout.
 *
 * **Details**
 *
 * Two passes. The fast one (generated code; closures where code generation is forbidden) carries no paths and throws
 * nothing: it gives a sentinel for the first thing that is off. Only then a slow one, the same closures made to check field
 * by field and to know their path, finds the byte, the field, what was expected and what was there.
 *
 * Decoded bytes are views of the input, unless `copy` is set: they keep its whole buffer alive and change with it.
 * Encoded bytes belong to the caller; several results may share one buffer.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type DecodeError, type EncodeError, makeDecodeError, makeEncodeError } from "./BinaryError.ts"
import { bounds } from "./internal/bounds.ts"
import { diagnoser, valueDiagnoser } from "./internal/closures.ts"
import type { Passes } from "./internal/generate.ts"
import { installed } from "./internal/installed.ts"
import { invalid as invalidSymbol } from "./internal/invalid.ts"
import { cursor } from "./internal/memory.ts"
import { passesOf, viewOf } from "./internal/passes.ts"
import { isPlaced } from "./internal/place.ts"
import type { Backend, Settings } from "./internal/Settings.ts"
import type { ViewPass } from "./internal/view.ts"
import type { Layout, Node } from "./Layout.ts"
import { defaultLimits, type Limits } from "./Limits.ts"

/**
 * What the fast pass {@link Codec.read} gives for bytes that are not as the layout says.
 *
 * @category constants
 * @since 0.1.0
 */
export const invalid: typeof invalidSymbol = invalidSymbol

/**
 * How a codec is compiled.
 *
 * - `limits`: bounds on untrusted input, over those of `Limits.defaultLimits`.
 * - `copy`: decoded bytes are copies, not views of the input.
 * - `backend`: `auto` takes an installed module, generated code or closures, the first that is possible.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly limits?: Partial<Limits> | undefined
  readonly copy?: boolean | undefined
  readonly backend?: Backend | undefined
}

/**
 * A compiled layout. All methods are synchronous and keep no state between calls.
 *
 * @category models
 * @since 0.1.0
 */
export interface Codec<A> {
  readonly layout: Layout<A>
  /** What the codec was told besides its layout, for other readings of it. @internal */
  readonly settings: Settings
  /** The least bytes a message takes. */
  readonly minSize: number
  /** The most bytes a message takes; `Infinity` where the layout sets no bound. */
  readonly maxSize: number
  /** Reads a message that is all of `bytes`. */
  decode(bytes: Uint8Array): Result.Result<A, DecodeError>
  /** As `decode`, but throws the {@link DecodeError}. */
  decodeSync(bytes: Uint8Array): A
  /** Reads the message that starts at `offset`; gives it with `next`, the offset behind it. */
  decodeAt(bytes: Uint8Array, offset: number): Result.Result<{ readonly value: A; readonly next: number }, DecodeError>
  /**
   * Checks the lengths of a message that is all of `bytes` and gives an object whose fields are read when they are asked
   * for. What a getter finds wrong then (text, a tag, a schema's check) it throws as the {@link DecodeError}. Checksums and
   * computed fields are not verified. Layouts whose fields depend on each other are read at once.
   */
  view(bytes: Uint8Array): Result.Result<A, DecodeError>
  /** As `view`, but throws the {@link DecodeError}. */
  viewSync(bytes: Uint8Array): A
  /** Writes a message into bytes of its own, which may share their buffer with other results. */
  encode(value: A): Result.Result<Uint8Array<ArrayBuffer>, EncodeError>
  /** As `encode`, but throws the {@link EncodeError}. */
  encodeSync(value: A): Uint8Array<ArrayBuffer>
  /** Writes a message at `offset` of `target`; gives the offset behind it. Bytes behind `offset` may be changed even on failure. */
  encodeInto(value: A, target: Uint8Array, offset: number): Result.Result<number, EncodeError>
  /** Writes messages one behind the other. */
  encodeMany(values: Iterable<A>): Result.Result<Uint8Array<ArrayBuffer>, EncodeError>
  /** The size of a message in bytes. */
  size(value: A): Result.Result<number, EncodeError>
  /** The fast pass alone: the message that is all of `bytes[start, end)`, or {@link invalid}. */
  readonly read: (bytes: Uint8Array, start: number, end: number) => A | typeof invalid
  /** The fast pass of `view` alone, or {@link invalid}. */
  readonly readView: (bytes: Uint8Array, start: number, end: number) => A | typeof invalid
  /** The fast pass alone: the offset behind the message, -1 where it does not fit, -2 where it cannot be written. */
  readonly write: (value: A, target: Uint8Array, offset: number) => number
  /** The slow pass: why `bytes[start, end)` is not a message. Call it when `read` gave {@link invalid}. */
  diagnose(bytes: Uint8Array, start: number, end: number): DecodeError
  /** The slow pass: why `value` cannot be written. Call it when `write` gave -2. */
  diagnoseValue(value: A): EncodeError
}

/** Small results share a block of memory: allocating one for each would cost ten times their writing. */
const arenaSize = 0x10000
const largestShared = arenaSize >> 3

class Compiled<A> implements Codec<A> {
  readonly layout: Layout<A>
  readonly minSize: number
  readonly maxSize: number
  private readonly node: Node
  readonly settings: Settings
  // The passes themselves, not methods that call them: a call of a codec is a call of its own code.
  readonly read: Codec<A>["read"]
  readonly write: Codec<A>["write"]
  private readonly passes: Passes
  /** Whether a message's bytes depend on where it stands, so that results cannot share a buffer. */
  private readonly placed: boolean
  // Made when first asked for: most codecs never are.
  private viewing: ViewPass | undefined
  private diagnosing: ReturnType<typeof diagnoser> | undefined
  private measuring: ReturnType<typeof valueDiagnoser> | undefined
  private arena = new Uint8Array(0)
  private used = 0

  constructor(layout: Layout<A>, options: Options | undefined) {
    const { max, min } = bounds(layout.node)
    this.layout = layout
    this.node = layout.node
    this.minSize = min
    this.maxSize = max
    this.placed = isPlaced(layout.node)
    const limits = { ...defaultLimits, ...options?.limits }
    const copy = options?.copy ?? false
    const backend = options?.backend ?? "auto"
    this.settings = { limits, copy, backend }
    const passes = passesOf(layout.node, this.settings)
    this.read = passes.read as Codec<A>["read"]
    this.write = passes.write
    this.passes = passes
  }

  private why(bytes: Uint8Array, start: number, end: number, part: boolean): DecodeError {
    this.diagnosing ??= diagnoser(this.node, this.settings)
    return this.diagnosing(bytes, start, end, part)
  }

  private measure(value: A, start: number): EncodeError | number {
    this.measuring ??= valueDiagnoser(this.node, this.settings)
    return this.measuring(value, this.placed ? start : 0)
  }

  diagnose(bytes: Uint8Array, start: number, end: number): DecodeError {
    return this.why(bytes, start, end, false)
  }

  diagnoseValue(value: A): EncodeError {
    const why = this.measure(value, 0)
    return typeof why === "object"
      ? why
      : makeEncodeError("Unrepresentable", 0, [], "a value that does not change", "one that changes")
  }

  decode(bytes: Uint8Array): Result.Result<A, DecodeError> {
    const value = this.read(bytes, 0, bytes.length)
    return value === invalid ? Result.fail(this.diagnose(bytes, 0, bytes.length)) : Result.succeed(value as A)
  }

  decodeSync(bytes: Uint8Array): A {
    const value = this.read(bytes, 0, bytes.length)
    if (value === invalid) throw this.diagnose(bytes, 0, bytes.length)
    return value as A
  }

  decodeAt(
    bytes: Uint8Array,
    offset: number
  ): Result.Result<{ readonly value: A; readonly next: number }, DecodeError> {
    if (!(offset >= 0 && offset <= bytes.length && Number.isInteger(offset))) {
      const expected = `an offset from 0 to ${bytes.length}`
      return Result.fail(makeDecodeError(bytes, "UnexpectedEnd", offset, [], expected, String(offset)))
    }
    const value = this.passes.read(bytes, offset, bytes.length, true)
    if (value !== invalid) return Result.succeed({ value: value as A, next: cursor.next })
    return Result.fail(this.why(bytes, offset, bytes.length, true))
  }

  get readView(): Codec<A>["read"] {
    this.viewing ??=
      viewOf(this.node, this.settings, (bytes) => {
        throw this.diagnose(bytes, 0, bytes.length)
      }) ?? this.read
    return this.viewing as Codec<A>["read"]
  }

  view(bytes: Uint8Array): Result.Result<A, DecodeError> {
    const view = this.readView(bytes, 0, bytes.length)
    return view === invalid ? Result.fail(this.diagnose(bytes, 0, bytes.length)) : Result.succeed(view as A)
  }

  viewSync(bytes: Uint8Array): A {
    const view = this.readView(bytes, 0, bytes.length)
    if (view === invalid) throw this.diagnose(bytes, 0, bytes.length)
    return view as A
  }

  encode(value: A): Result.Result<Uint8Array<ArrayBuffer>, EncodeError> {
    const bytes = this.place(value)
    return bytes === undefined ? Result.fail(this.diagnoseValue(value)) : Result.succeed(bytes)
  }

  encodeSync(value: A): Uint8Array<ArrayBuffer> {
    const bytes = this.place(value)
    if (bytes === undefined) throw this.diagnoseValue(value)
    return bytes
  }

  /** The bytes of a value in the arena or, where it is large, in a buffer of its own. */
  private place(value: A): Uint8Array<ArrayBuffer> | undefined {
    const start = this.used
    const end = this.placed ? -1 : this.write(value, this.arena, start)
    if (end >= 0) {
      this.used = end
      return new Uint8Array(this.arena.buffer, start, end - start)
    }
    if (end === -2) return undefined
    // It may be larger than what is left of the arena, or than any: only writing it shows how large.
    const size = this.measure(value, 0)
    if (typeof size === "object") return undefined
    const own = size > largestShared || this.placed
    const bytes = new Uint8Array(own ? size : arenaSize)
    if (this.write(value, bytes, 0) !== size) return undefined
    if (own) return bytes
    this.arena = bytes
    this.used = size
    return new Uint8Array(bytes.buffer, 0, size)
  }

  encodeInto(value: A, target: Uint8Array, offset: number): Result.Result<number, EncodeError> {
    const inside = offset >= 0 && offset <= target.length && Number.isInteger(offset)
    const end = inside ? this.write(value, target, offset) : -1
    if (end >= 0) return Result.succeed(end)
    const size = this.measure(value, inside ? offset : 0)
    if (end === -2 || typeof size === "object") return Result.fail(this.diagnoseValue(value))
    const room = inside ? `${target.length - offset}` : `none at ${offset} of ${target.length}`
    return Result.fail(makeEncodeError("NoRoom", offset, [], `room for ${size} bytes`, room))
  }

  encodeMany(values: Iterable<A>): Result.Result<Uint8Array<ArrayBuffer>, EncodeError> {
    let target = new Uint8Array(arenaSize)
    let used = 0
    for (const value of values) {
      let end = this.write(value, target, used)
      if (end === -1) {
        const size = this.measure(value, used)
        if (typeof size === "object") return Result.fail(size)
        const larger = new Uint8Array(Math.max(target.length * 2, used + size))
        larger.set(target.subarray(0, used))
        target = larger
        end = this.write(value, target, used)
      }
      if (end < 0) return Result.fail(this.diagnoseValue(value))
      used = end
    }
    return Result.succeed(target.subarray(0, used))
  }

  size(value: A): Result.Result<number, EncodeError> {
    const size = this.measure(value, 0)
    return typeof size === "object" ? Result.fail(size) : Result.succeed(size)
  }
}

/**
 * Compiles a layout. The same layout with the same options gives the same codec.
 *
 * **Example** (A length-prefixed name)
 *
 * ```ts
 * import { Binary, Codec } from "@bytewright/core-binary"
 *
 * const codec = Codec.make(Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) }))
 * const bytes = codec.encodeSync({ id: 258, name: "Ada" })
 *
 * console.log(Array.from(bytes))
 * // => [ 1, 2, 3, 65, 100, 97 ]
 * console.log(codec.decodeSync(bytes))
 * // => { id: 258, name: 'Ada' }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(layout: Layout<A>, options?: Options): Codec<A> => {
  const { backend, copy, limits } = options ?? {}
  const key = JSON.stringify([backend, copy, limits, installed(layout.node)?.names()])
  let codecs = made.get(layout.node)
  if (codecs === undefined) made.set(layout.node, (codecs = new Map()))
  let codec = codecs.get(key)
  if (codec === undefined) codecs.set(key, (codec = new Compiled<unknown>(layout, options)))
  return codec as unknown as Codec<A>
}

const made = new WeakMap<Node, Map<string, Codec<unknown>>>()

/**
 * A value that is read when it is asked for. It borrows its bytes from the input.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lazy<out A> {
  /** The encoded value. */
  readonly bytes: Uint8Array
  /** Reads the value; later calls give the first result. */
  read(): Result.Result<A, DecodeError>
}
