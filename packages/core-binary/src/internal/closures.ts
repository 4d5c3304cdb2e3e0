/** The fast passes of a layout as closures. */
import type { Node } from "../Layout.ts"
import { ClosureRead, ReadState } from "./closureRead.ts"
import { ClosureWrite } from "./closureWrite.ts"
import { WriteState } from "./WriteState.ts"
import { bounds } from "./bounds.ts"
import type { Passes } from "./generate.ts"
import { invalid } from "./invalid.ts"
import { readable, writable } from "./memory.ts"
import { cursor } from "./number.ts"
import type { Settings } from "./Settings.ts"

export const closures = (node: Node, settings: Settings): Passes => {
  const reader = new ClosureRead(settings)
  const writer = new ClosureWrite(settings)
  const read = reader.read(node, 0, { little: false, slots: undefined })
  const write = writer.write(node, 0, { little: false, slots: undefined })
  const { min } = bounds(node)
  const { maxBytes } = settings.limits
  let reading: ReadState | undefined
  let writing: WriteState | undefined
  const run = (source: Uint8Array, start: number, end: number, part?: boolean): unknown => {
    if (end - start > maxBytes || end - start < min) return invalid
    const memory = readable(source)
    const o = memory.offset
    // A schema inside the layout may call this reader again: the state is taken for as long as it is in use.
    const s = reading ?? new ReadState(memory, reader.slots)
    reading = undefined
    s.start(memory, o + start, o + end, o)
    const value = read(s)
    reading = s
    if (part !== true && s.p !== s.last) return invalid
    cursor.next = s.p - o
    return value
  }
  return {
    read: run,
    write(value, target, start) {
      if (target.length - start < min) return -1
      const memory = writable(target)
      const o = memory.offset
      const s = writing ?? new WriteState(memory, writer.slots)
      writing = undefined
      s.start(memory, o + start, o + target.length)
      const done = write(s, value)
      writing = s
      if (!done) return s.fault
      // Behind what a reader takes to be the last of the message nothing may stand.
      return s.p - s.base > maxBytes || (s.last >= 0 && s.last !== s.p) ? -2 : s.p - o
    }
  }
}
