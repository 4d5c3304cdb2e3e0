/** Puts the generated reader and writer of a layout together as one module. */
import type { Node } from "../Layout.ts"
import { EmitRead } from "./emitRead.ts"
import { EmitWrite } from "./emitWrite.ts"
import { mayOutrun } from "./place.ts"
import type { Runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"
import type { Captured, Module } from "./Source.ts"

/** The fast passes of a layout. */
export interface Passes {
  /**
   * Reads a message that is all of `bytes[start, end)`; gives `invalid` for whatever is off. With `part` bytes may follow,
   * and the message's end is left in the runtime's cursor.
   */
  readonly read: (bytes: Uint8Array, start: number, end: number, part?: boolean) => unknown
  /** Writes at `start`; gives the end, -1 where there is no room, -2 where the value cannot be written. */
  readonly write: (value: unknown, bytes: Uint8Array, start: number) => number
}

/** The parameters of generated code. */
export type Factory = (R: Runtime, K: ReadonlyArray<Captured>) => Passes

export interface Generated {
  /** A function body with the parameters `R` and `K`. */
  readonly text: string
  readonly captured: ReadonlyArray<Captured>
}

export const generate = (node: Node, settings: Settings): Generated => {
  const module: Module = { captured: [], functions: [], names: 0, pointers: false, outruns: mayOutrun(node) }
  new EmitRead(settings, module).root(node)
  new EmitWrite(settings, module).root(node)
  const text = `"use strict"
const X = R.invalid, M = R.memory
let P = 0${module.pointers ? ", pointers = 0, pointed = 0" : ""}${module.outruns ? ", last = -1" : ""}
${module.functions.join("\n")}
return { read, write }`
  return { text, captured: module.captured }
}
