/**
 * One table for one layout, checked the same way for every back-end: decode, decode between other bytes, encode, encode
 * into exact and too little room, size, every truncation, one corrupted byte at a time; and always that the fast pass and
 * the slow pass agree on what is right.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { BinaryError, Codec, type Layout, Limits, Parser } from "@bytewright/core-binary"
import type { TraceSettings as Settings } from "../src/internal/Settings.ts"
import { WalkRead } from "../src/internal/walkRead.ts"

/** Every way to run a layout. */
export const backends: ReadonlyArray<NonNullable<Codec.Options["backend"]>> = ["generated", "closures"]

export interface Table<A> {
  readonly options?: Codec.Options
  /** The layout reads to the end of the input: a truncated message may be another, and nothing can follow it. */
  readonly open?: boolean
  /** Bytes before the message where it does not start the input. */
  readonly before?: number
  /** What of a value is compared, where it is not plain data. */
  readonly plain?: (value: A) => unknown
  /** Values and the one encoding of each, in hex. */
  readonly both?: ReadonlyArray<readonly [value: A, hex: string]>
  /** Bytes that are read too, but written otherwise or not at all. */
  readonly reads?: ReadonlyArray<readonly [hex: string, value: A]>
  /** Bytes that are refused: where, and why. */
  readonly bytes?: ReadonlyArray<
    readonly [hex: string, reason: BinaryError.DecodeReason, offset: number, path: string, about?: string]
  >
  /** Values that are refused: where, and why. */
  readonly values?: ReadonlyArray<
    readonly [value: unknown, reason: BinaryError.EncodeReason, offset: number, path: string, about?: string]
  >
}

export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/[\s_|]/g, ""), "hex"))

export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

export const pathText = (path: BinaryError.Path): string =>
  path.map((key) => (typeof key === "number" ? `[${key}]` : key)).join(".")

const settingsOf = (options: Codec.Options | undefined): Settings => ({
  limits: { ...Limits.defaultLimits, ...options?.limits },
  copy: options?.copy ?? false,
  lazy: (bytes) => ({ bytes })
})

/** A number of bytes that no message has, before and behind one. */
const surround = (bytes: Uint8Array, before: number, behind: number): Uint8Array => {
  const whole = new Uint8Array(before + bytes.length + behind).fill(0xc3)
  whole.set(bytes, before)
  return whole
}

class Subject<A> {
  readonly codec: Codec.Codec<A>
  readonly layout: Layout.Layout<A>
  readonly table: Table<A>
  readonly before: number
  readonly backend: NonNullable<Codec.Options["backend"]>
  readonly plain: (value: unknown) => unknown

  constructor(layout: Layout.Layout<A>, table: Table<A>, backend: NonNullable<Codec.Options["backend"]>) {
    this.layout = layout
    this.table = table
    this.backend = backend
    this.codec = Codec.make(layout, { ...table.options, backend })
    this.before = table.before ?? 3
    this.plain = (table.plain as (value: unknown) => unknown) ?? ((value) => value)
  }

  /** Decodes, and checks that the slow pass says the same. */
  decode(bytes: Uint8Array): Result.Result<A, BinaryError.DecodeError> {
    const result = this.codec.decode(bytes)
    const slow = new WalkRead(bytes, 0, settingsOf(this.table.options))
    const value = slow.message(this.layout.node)
    if (Result.isSuccess(result)) {
      assert.strictEqual(slow.fault, undefined, "the slow pass refuses what the fast pass takes")
      assert.deepStrictEqual(this.plain(value), this.plain(result.success))
      this.viewed(Result.getOrThrow(this.codec.view(bytes)), result.success)
      return result
    }
    this.viewRefuses(bytes)
    assert.instanceOf(result.failure, BinaryError.DecodeError, "the fast pass refuses what the slow pass takes")
    const { actual, expected, message, nearby, nearbyOffset, offset, reason } = result.failure
    assert.strictEqual(message, slow.fault?.message, "the reading field by field finds another fault")
    assert.isTrue(Number.isInteger(offset) && offset >= 0 && offset <= bytes.length, `offset ${offset}`)
    assert.deepStrictEqual(nearby, bytes.slice(nearbyOffset, nearbyOffset + nearby.length))
    for (const part of [reason._tag, `at byte ${offset}`, expected, actual]) assert.include(message, part)
    return result
  }

  /** A lazy view has the fields of the value. */
  viewed(view: A, value: A): void {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || this.table.plain !== undefined)
      return
    for (const key of Object.keys(value) as Array<keyof A>) assert.deepStrictEqual(view[key], value[key], String(key))
  }

  /** What is refused is refused by a view as well, when it is made or when a field is read, or is not looked at. */
  viewRefuses(bytes: Uint8Array): void {
    const view = this.codec.view(bytes)
    if (Result.isFailure(view)) return assert.instanceOf(view.failure, BinaryError.DecodeError)
    const names = Object.keys(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(view.success) as object))
    for (const name of names) {
      try {
        void view.success[name as keyof A]
      } catch (error) {
        assert.instanceOf(error, BinaryError.DecodeError)
      }
    }
  }

  /** Sizes and encodes in every way; checks that they agree. */
  encode(value: A): Result.Result<Uint8Array, BinaryError.EncodeError> {
    const { codec } = this
    const result = codec.encode(value)
    const measured = codec.size(value)
    const size = Result.isSuccess(measured) ? measured.success : -1
    const many = codec.encodeMany([value])
    const target = new Uint8Array(size < 0 ? 4096 : size + 64).fill(0xaa)
    const into = codec.encodeInto(value, target, this.before)
    if (Result.isFailure(result)) {
      assert.instanceOf(result.failure, BinaryError.EncodeError, "the fast pass refuses what the slow pass takes")
      const failures = [measured, many, into].map((other) =>
        Option.getOrThrow(Result.getFailure<unknown, BinaryError.EncodeError>(other))
      )
      for (const failure of failures) {
        assert.deepStrictEqual(
          { ...failure, message: failure.message },
          { ...result.failure, message: result.failure.message }
        )
      }
      assert.throws(() => codec.encodeSync(value), result.failure.message)
      return result
    }
    const bytes = result.success
    assert.deepStrictEqual(measured, Result.succeed(bytes.length))
    assert.deepStrictEqual(many, Result.succeed(bytes))
    assert.deepStrictEqual(codec.encodeSync(value), bytes)
    assert.isAtLeast(bytes.length, codec.minSize)
    assert.isAtMost(bytes.length, codec.maxSize)
    assert.deepStrictEqual(into, Result.succeed(this.before + bytes.length))
    assert.isTrue(target.subarray(0, this.before).every((byte) => byte === 0xaa))
    if (this.before === 3) assert.deepStrictEqual(target.subarray(3, 3 + bytes.length), bytes)
    assert.isTrue(target.subarray(this.before + bytes.length).every((byte) => byte === 0xaa))
    return result
  }

  /** Too little room is `NoRoom`, and nothing is written behind it. */
  room(value: A, size: number): void {
    for (let room = 0; room < size; room++) {
      if (size > 64 && room > 8 && room < size - 8) continue
      const memory = new Uint8Array(size + 16).fill(0xaa)
      const result = this.codec.encodeInto(value, memory.subarray(4, 4 + room), 0)
      assert.strictEqual(Result.isFailure(result) && result.failure.reason._tag, "NoRoom", `room ${room}`)
      assert.isTrue(memory.subarray(4 + room).every((byte) => byte === 0xaa))
      assert.isTrue(memory.subarray(0, 4).every((byte) => byte === 0xaa))
    }
  }

  reads(bytes: Uint8Array, value: A): void {
    const { before, codec } = this
    const expected = this.plain(value)
    const result = this.decode(bytes)
    if (Result.isFailure(result)) throw result.failure
    assert.deepStrictEqual(this.plain(result.success), expected)
    assert.deepStrictEqual(this.plain(codec.decodeSync(bytes)), expected)
    const whole = surround(bytes, before, this.table.open === true ? 0 : 5)
    // A view that does not start its buffer, in which the message does not start the view.
    const inner = surround(whole, 7, 9).subarray(7, 7 + whole.length)
    const at = codec.decodeAt(inner, before)
    if (Result.isFailure(at)) throw at.failure
    assert.deepStrictEqual(this.plain(at.success.value), expected)
    assert.strictEqual(at.success.next, before + bytes.length)
    this.parsed(bytes, expected)
    this.truncated(bytes)
    this.corrupted(bytes)
  }

  /** A parser gives the message twice where it comes twice, however the bytes are cut. */
  parsed(bytes: Uint8Array, expected: unknown): void {
    if (this.table.open === true || this.table.before !== undefined || bytes.length === 0) return
    const make = () => Parser.make(this.layout, { ...this.table.options, backend: this.backend })
    const twice = new Uint8Array([...bytes, ...bytes])
    for (let cut = 0; cut <= Math.min(twice.length, 40); cut++) {
      const parser = make()
      const messages = [twice.subarray(0, cut), twice.subarray(cut)].flatMap((chunk) => parser.feedSync(chunk))
      assert.deepStrictEqual(messages.map(this.plain), [expected, expected], `cut at ${cut}`)
      assert.strictEqual(parser.pending, 0)
      parser.endSync()
    }
  }

  /** What is refused is a parser's failure as well, or a message that is not complete. */
  parseRefuses(bytes: Uint8Array): void {
    if (this.table.open === true) return
    try {
      const parser = Parser.make(this.layout, { ...this.table.options, backend: this.backend })
      parser.feedSync(bytes)
      parser.endSync()
    } catch (error) {
      if (!(error instanceof BinaryError.DecodeError))
        assert.include(String(error), "a stream of messages needs messages that end")
    }
  }

  truncated(bytes: Uint8Array): void {
    for (let size = 0; size < bytes.length; size++) {
      const result = this.decode(bytes.subarray(0, size))
      if (this.table.open !== true) assert.isTrue(Result.isFailure(result), `truncated to ${size} bytes`)
    }
  }

  /** Whatever a byte is changed to: both passes agree, and what is read can be written and read again. */
  corrupted(bytes: Uint8Array): void {
    const changed = bytes.slice()
    for (let i = 0; i < Math.min(bytes.length, 64); i++) {
      for (const byte of [0x00, 0x01, 0x7f, 0x80, 0xff, bytes[i]! ^ 0x01, bytes[i]! + 1]) {
        changed[i] = byte
        const result = this.decode(changed)
        if (Result.isFailure(result)) continue
        const again = this.codec.encode(result.success)
        if (Result.isSuccess(again))
          assert.deepStrictEqual(this.plain(this.codec.decodeSync(again.success)), this.plain(result.success))
        else assert.instanceOf(again.failure, BinaryError.EncodeError)
      }
      changed[i] = bytes[i]!
    }
  }
}

const title = (value: unknown): string => {
  const text =
    JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? `${each}n` : each)) ?? String(value)
  return Object.is(value, -0) ? "-0" : text.length > 60 ? `${text.slice(0, 60)}...` : text
}

export const layoutTest = <A>(name: string, layout: Layout.Layout<A>, table: Table<A>): void => {
  describe.each(backends.map((backend) => ({ backend })))(`${name} ($backend)`, ({ backend }) => {
    const subject = new Subject(layout, table, backend)
    for (const [value, hex] of table.both ?? []) {
      it(`${title(value)} = ${hex}`, () => {
        const bytes = fromHex(hex)
        const encoded = subject.encode(value)
        if (Result.isFailure(encoded)) throw encoded.failure
        assert.strictEqual(toHex(encoded.success), toHex(bytes))
        subject.reads(bytes, value)
        subject.room(value, bytes.length)
      })
    }
    for (const [hex, value] of table.reads ?? []) {
      it(`${hex} reads as ${title(value)}`, () => {
        subject.reads(fromHex(hex), value)
        const again = subject.encode(value)
        if (Result.isFailure(again)) return
        assert.notStrictEqual(toHex(again.success), toHex(fromHex(hex)), "belongs to `both`")
        assert.deepStrictEqual(subject.plain(subject.codec.decodeSync(again.success)), subject.plain(value))
      })
    }
    for (const [hex, reason, offset, path, about] of table.bytes ?? []) {
      it(`${hex} is ${reason} at ${offset} ${path}`, () => {
        const bytes = fromHex(hex)
        const result = subject.decode(bytes)
        if (Result.isSuccess(result)) assert.fail(`reads as ${title(result.success)}`)
        const error = result.failure
        assert.deepStrictEqual([error.reason._tag, error.offset, pathText(error.path)], [reason, offset, path])
        if (about !== undefined) assert.include(error.message, about)
        assert.throws(() => subject.codec.decodeSync(bytes), error.message)
        const at = subject.codec.decodeAt(surround(bytes, 3, 0), 3)
        subject.parseRefuses(bytes)
        if (reason === "TrailingBytes" && path === "") return assert.isTrue(Result.isSuccess(at))
        if (Result.isSuccess(at)) return assert.strictEqual(subject.before, 0)
        if (subject.before === 3) assert.strictEqual(at.failure.offset, offset + 3)
      })
    }
    for (const [value, reason, offset, path, about] of table.values ?? []) {
      it(`${title(value)} is ${reason} at ${offset} ${path}`, () => {
        const result = subject.encode(value as A)
        if (Result.isSuccess(result)) assert.fail(`written as ${toHex(result.success)}`)
        const error = result.failure
        assert.deepStrictEqual([error.reason._tag, error.offset, pathText(error.path)], [reason, offset, path])
        if (about !== undefined) assert.include(error.message, about)
        assert.include(error.message, reason)
      })
    }
  })
}

/**
 * Bytes that another program made: every back-end reads them as the slow pass does, writes them back where the layout has
 * one encoding, and agrees on every truncation and corruption of them.
 */
export const foreignTest = <A>(
  name: string,
  layout: Layout.Layout<A>,
  bytes: Uint8Array,
  table: Table<A> & { readonly oneWay?: boolean } = {}
): void => {
  it.each(backends)(`${name} (%s)`, (backend) => {
    const subject = new Subject(layout, table, backend)
    const value = Result.getOrThrow(subject.decode(bytes))
    if (table.oneWay === true)
      assert.strictEqual(Result.getOrThrow(Result.flip(subject.encode(value))).reason._tag, "Unrepresentable")
    else assert.strictEqual(toHex(Result.getOrThrow(subject.encode(value))), toHex(bytes))
    subject.truncated(bytes)
    subject.corrupted(bytes)
  })
}
