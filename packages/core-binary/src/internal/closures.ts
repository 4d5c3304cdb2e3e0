/** The fast passes of a layout as closures. */
import type { Node } from "../Layout.ts"
import { Frame } from "./closureExpr.ts"
import { ClosureRead, ReadState } from "./closureRead.ts"
import { ClosureWrite, WriteState } from "./closureWrite.ts"
import { bounds } from "./bounds.ts"
import type { Passes } from "./generate.ts"
import { invalid } from "./invalid.ts"
import { memoryOf } from "./memory.ts"
import { cursor } from "./number.ts"
import type { Settings } from "./Settings.ts"

export const closures = (node: Node, settings: Settings): Passes => {
  const reader = new ClosureRead(settings)
  const writer = new ClosureWrite(settings)
  const read = reader.read(node, 0, { little: false, slots: undefined })
  const write = writer.write(node, 0, { little: false, slots: undefined })
  const { min } = bounds(node)
  const { maxBytes } = settings.limits
  return {
    read(source, start, end, whole) {
      if (end - start > maxBytes || end - start < min) return invalid
      const o = source.byteOffset
      const s = new ReadState(memoryOf(source.buffer), o + start, o + end, o, new Frame(reader.slots))
      const value = read(s)
      if (whole && s.p !== s.last) return invalid
      cursor.next = s.p - o
      return value
    },
    write(value, target, start, end) {
      if (end - start < min) return -1
      const o = target.byteOffset
      const s = new WriteState(memoryOf(target.buffer), o + start, o + end, new Frame(writer.slots))
      return write(s, value) ? s.p - o : s.fault
    }
  }
}
