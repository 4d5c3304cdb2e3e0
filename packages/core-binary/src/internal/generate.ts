/** Puts the generated reader and writer of a layout together as one module. */
import type { Node } from "../Layout.ts"
import { EmitRead } from "./emitRead.ts"
import { EmitWrite } from "./emitWrite.ts"
import type { Runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"
import type { Captured, Module } from "./Source.ts"

/** The fast passes of a layout. */
export interface Passes {
  /** Reads `bytes[start, end)`, all of it where `whole`; gives `invalid` for whatever is off. The end is left in the runtime's cursor. */
  readonly read: (bytes: Uint8Array, start: number, end: number, whole: boolean) => unknown
  /** Writes at `start`; gives the end, -1 where there is no room before `end`, -2 where the value cannot be written. */
  readonly write: (value: unknown, bytes: Uint8Array, start: number, end: number) => number
}

/** The parameters of generated code. */
export type Factory = (R: Runtime, K: ReadonlyArray<Captured>) => Passes

export interface Generated {
  /** A function body with the parameters `R` and `K`. */
  readonly text: string
  readonly captured: ReadonlyArray<Captured>
}

export const generate = (node: Node, settings: Settings): Generated => {
  const module: Module = { captured: [], functions: [], names: 0 }
  const read = new EmitRead(settings, module).function(node, "false")
  const write = new EmitWrite(settings, module).function(node, "false")
  const text = `"use strict"
const X = R.invalid
let P = 0
${module.functions.join("\n")}
return {
read(source, start, end, whole) {
if (end - start > ${settings.limits.maxBytes}) return X
const o = source.byteOffset, e = o + end
const v = ${read}(R.memoryOf(source.buffer), o + start, e, o + start, e, o, false, 0)
if (whole && P !== e) return X
R.cursor.next = P - o
return v
},
write(value, target, start, end) {
const o = target.byteOffset
const n = ${write}(R.memoryOf(target.buffer), value, o + start, o + end, o + start, false, 0)
return n < 0 ? n : n - o
}
}`
  return { text, captured: module.captured }
}
