/** Where a writing by closures stands, and the ways in which it ends. */
import { Frame, type Slots } from "./closureExpr.ts"
import type { Memory } from "./memory.ts"
import { cursor } from "./number.ts"

/** Where a writing stands; all positions are absolute in the memory. `fault` is -1 for no room, -2 for a value that cannot be written. */
export class WriteState {
  view: DataView
  bytes: Uint8Array
  base = 0
  origin = 0
  e = 0
  p = 0
  /** Where content stands that a reader takes to the end of the window; -1 before there is any. */
  last = -1
  little = false
  depth = 0
  frame: Frame
  bad = false
  fault = 0
  tag = 0
  number: unknown
  /** Checks that wait for computed fields, of the structs that are being written. */
  waiting: Array<{ readonly slot: number; readonly check: (s: WriteState) => boolean }> = []

  constructor(memory: Memory, slots: number) {
    this.view = memory.view
    this.bytes = memory.bytes
    this.frame = new Frame(slots)
  }

  /** Starts over, so that one state serves many messages. */
  start(memory: Memory, start: number, end: number): void {
    this.view = memory.view
    this.bytes = memory.bytes
    this.base = this.p = start
    this.origin = memory.offset
    this.e = end
    this.last = -1
    this.little = this.bad = false
    this.depth = this.fault = 0
    if (this.waiting.length > 0) this.waiting = []
  }
}

export type Write = (s: WriteState, value: unknown) => boolean

export interface Place {
  readonly little: boolean | undefined
  readonly slots: Slots | undefined
}

export const refuse = (s: WriteState): false => {
  s.fault = -2
  return false
}

/** Refuses bytes that would not read back; leaves their place for the slow pass, which has no bytes to see it in. */
export const misread = (s: WriteState, start: number): false => {
  cursor.next = start - s.base
  return refuse(s)
}

export const mustEnd = (s: WriteState): true => {
  if (s.last < 0) s.last = s.p
  return true
}

/** Writes a window of its own. */
export const closed =
  <A>(body: (s: WriteState, value: A) => boolean) =>
  (s: WriteState, value: A): boolean => {
    const outer = s.last
    s.last = -1
    if (!body(s, value)) return false
    if (s.last >= 0 && s.last !== s.p) return refuse(s)
    s.last = outer
    return true
  }

export const full = (s: WriteState): false => {
  s.fault = -1
  return false
}
