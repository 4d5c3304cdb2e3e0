/** Puts the generated reader and writer of a layout together as one module. */
import type { Node } from "../Layout.ts"
import { mayOutrun } from "./place.ts"
import { ReadGenerator } from "./ReadGenerator.ts"
import type { Settings } from "./Settings.ts"
import { type Captured, emptyModule } from "./Source.ts"
import { WriteGenerator } from "./WriteGenerator.ts"

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

/** The functions of this package that generated code calls. */
export type Runtime = Readonly<Record<string, unknown>>

/** The parameters of generated code. */
export type Factory = (R: Runtime, K: ReadonlyArray<Captured>) => Passes

export interface Generated {
  /** A function body with the parameters `R` and `K`. */
  readonly text: string
  readonly runtime: Runtime
  readonly captured: ReadonlyArray<Captured>
  /** Whether its writer leaves something unchecked. */
  readonly unproved: boolean
}

/** A layout whose checks depend on computed fields from within an array: the closures carry those, generated code does not. */
export class NotGenerated extends Error {}

export const generate = (node: Node, settings: Settings): Generated => {
  const module = emptyModule(mayOutrun(node))
  new ReadGenerator(settings, module).root(node)
  new WriteGenerator(settings, module).root(node)
  const { captured, functions, outruns, pointers, runtime, unproved } = module
  const text = `"use strict"
const X = R.invalid, M = R.memory
let P = 0${pointers ? ", pointers = 0, pointed = 0" : ""}${outruns ? ", tail = -1" : ""}
${functions.join("\n")}
return { read, write }`
  return { text, runtime, captured, unproved }
}
