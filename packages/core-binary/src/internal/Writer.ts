/**
 * The writer of a layout as closures: what runs where code generation is forbidden, and, made with `careful`, what finds out
 * why a value was refused: a careful writer knows its path.
 */
import type { EncodeReason } from "../BinaryError.ts"
import type { Node } from "../Layout.ts"
import type { Frame, Slots } from "./Frame.ts"
import { kindOf } from "./Kind.ts"
import type { Memory } from "./memory.ts"
import type { Refusal } from "./Reader.ts"
import type { Settings } from "./Settings.ts"

/** A check that waits for a computed field. */
export interface Waiting {
  readonly slot: number
  readonly check: (s: WriteState) => boolean
}

const noChecks: ReadonlyArray<never> = []

/** Where a writing stands; all positions are absolute in the memory. `fault` is -1 for no room, -2 for a value that cannot be written. */
export class WriteState {
  view!: DataView
  bytes!: Uint8Array
  base = 0
  origin = 0
  e = 0
  p = 0
  /** Where content stands that a reader takes to the end of the window; -1 before there is any. */
  last = -1
  lastPath: ReadonlyArray<string | number> = []
  /** Checks that wait for the end of the window. */
  open: ReadonlyArray<(s: WriteState) => boolean> = noChecks
  /** What is checked at the end of a window; set by whatever asks for it. */
  ends: ((s: WriteState) => boolean) | undefined
  little = false
  depth = 0
  /** Set for as long as it is in use, and for good when a value was refused. */
  busy = false
  frame: Frame
  bad = false
  fault = 0
  tag = 0
  number: unknown
  /** Checks that wait for computed fields, of the structs that are being written. */
  waiting: Array<Waiting> = []
  refusal: Refusal<EncodeReason> | undefined
  /** Kept by a careful writer only. */
  path: Array<string | number> = []

  constructor(frame: Frame | undefined) {
    // No expression, no frame: what is not asked for is never looked at.
    this.frame = frame!
  }

  /** Starts over, so that one state serves many messages; what a writing that was not refused restores needs no care. */
  start(memory: Memory, start: number, end: number): void {
    const { bytes, offset } = memory
    this.busy = true
    if (this.bytes !== bytes) {
      this.view = memory.view
      this.bytes = bytes
    }
    this.p = this.base = offset + start
    this.e = offset + end
    this.origin = offset
    if (this.ends === undefined) return
    this.last = -1
    this.open = noChecks
    this.ends = undefined
  }

  refuse(reason: EncodeReason, expected: string, actual: string, offset = this.p): false {
    this.fault = -2
    this.refusal = { reason, offset, path: [...this.path], expected, actual }
    return false
  }

  /** Refuses a value of another type. */
  type(expected: string, value: unknown): false {
    return this.refuse("InvalidType", expected, show(value))
  }

  full(): false {
    this.fault = -1
    return false
  }
}

/** A value as an error message shows it. */
export const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
  if (Object.is(value, -0)) return "-0"
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object"
  return typeof value === "bigint" ? `${value}n` : String(value)
}

export type Write = (s: WriteState, value: unknown) => boolean

export interface WritePlace {
  readonly little: boolean | undefined
  readonly slots: Slots | undefined
}

/** Makes the closures of a layout. */
export class Writer {
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

  write(node: Node, rest: number, place: WritePlace): Write {
    return kindOf(node).write(node, this, rest, place)
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null

/** Refuses bytes that would read back as something else. */
export const misread = (s: WriteState, start: number): false =>
  s.refuse("Unrepresentable", "bytes that read back", "bytes that read as something else", start)
