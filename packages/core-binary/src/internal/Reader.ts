/**
 * The reader of a layout as closures: what runs where code generation is forbidden, and, made with `careful`, what finds out
 * why bytes were refused. A careful reader checks field by field that the bytes are there, and knows its path.
 */
import type { DecodeReason } from "../BinaryError.ts"
import type { Int, Node, Varint } from "../Layout.ts"
import { bounds } from "./bounds.ts"
import type { Frame, Slots } from "./Frame.ts"
import type { Whole } from "./integer.ts"
import { invalid } from "./invalid.ts"
import { kindOf, typeName } from "./Kind.ts"
import type { Memory } from "./memory.ts"
import type { Settings } from "./Settings.ts"

/** Why bytes were refused, and where: an absolute position. */
export interface Refusal<Reason> {
  readonly reason: Reason
  readonly offset: number
  readonly path: ReadonlyArray<string | number>
  readonly expected: string
  readonly actual: string
}

/** Where a reading stands; all positions are absolute in the memory. */
export class ReadState {
  view!: DataView
  bytes!: Uint8Array
  buffer!: ArrayBufferLike
  p = 0
  e = 0
  base = 0
  last = 0
  origin = 0
  little = false
  depth = 0
  pointers = 0
  pointed = 0
  /** Set for as long as it is in use, and for good when bytes were refused. */
  busy = false
  frame: Frame
  bad = false
  /** The tag of the union read last. */
  tag = 0
  /** The number of the enum read last. */
  number: Whole = 0
  refusal: Refusal<DecodeReason> | undefined
  /** Kept by a careful reader only. */
  readonly path: Array<string | number> = []

  constructor(frame: Frame | undefined) {
    // No expression, no frame: what is not asked for is never looked at.
    this.frame = frame!
  }

  /** Starts over, so that one state serves many messages; what a reading that was not refused restores needs no care. */
  start(memory: Memory, start: number, end: number): void {
    const { bytes, offset } = memory
    this.busy = true
    if (this.bytes !== bytes) {
      this.view = memory.view
      this.bytes = bytes
      this.buffer = memory.buffer
    }
    this.p = this.base = offset + start
    this.e = this.last = offset + end
    this.origin = offset
    this.pointers = this.pointed = 0
  }

  fail(reason: DecodeReason, offset: number, expected: string, actual: string): typeof invalid {
    this.refusal = { reason, offset, path: [...this.path], expected, actual }
    return invalid
  }

  /** Whether as many bytes are left; says so where they are not. */
  lacks(size: number, owner: Node): boolean {
    if (size <= this.e - this.p) return false
    this.fail("UnexpectedEnd", this.p, `${plural(size, "byte")} (${typeName(owner)})`, `${this.e - this.p} left`)
    return true
  }
}

export const plural = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`

export type Read<A = unknown> = (s: ReadState) => A | typeof invalid

export interface ReadPlace {
  /** The byte order, where it is known. */
  readonly little: boolean | undefined
  readonly slots: Slots | undefined
  /** The node that a length belongs to. */
  readonly owner?: Node
}

/** Makes the closures of a layout. */
export class Reader {
  readonly settings: Settings
  readonly careful: boolean
  /** The slots that all structs of the layout need. */
  slots = 0
  /** Makes what expressions see; unset where there are none. */
  frame: (() => Frame) | undefined

  constructor(settings: Settings, careful: boolean) {
    this.settings = settings
    this.careful = careful
  }

  read(node: Node, rest: number, place: ReadPlace): Read {
    return kindOf(node).read(node, this, this.careful ? 0 : rest, place)
  }

  whole(node: Int | Varint, rest: number, place: ReadPlace): Read<Whole> {
    return this.read(node, rest, place) as Read<Whole>
  }

  /** What is checked before a node is read; a careful reader leaves it to the fields. */
  least(node: Node): number {
    return this.careful ? 0 : bounds(node).min
  }

  /** Sees to it that a field's bytes are there, where nothing before it has. */
  guard<A>(size: number, owner: Node, read: Read<A>): Read<A> {
    return this.careful ? (s) => (s.lacks(size, owner) ? invalid : read(s)) : read
  }
}
