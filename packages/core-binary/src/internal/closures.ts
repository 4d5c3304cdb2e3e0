/** The passes of a layout as closures, and the careful ones that say why bytes or a value were refused. */
import { type DecodeError, type EncodeError, makeDecodeError, makeEncodeError } from "../BinaryError.ts"
import type { Node } from "../Layout.ts"
import { bounds } from "./bounds.ts"
import type { Passes } from "./generate.ts"
import { invalid } from "./invalid.ts"
import { cursor, passing, readable, writable } from "./memory.ts"
import { plural, Reader, ReadState } from "./Reader.ts"
import type { Settings } from "./Settings.ts"
import { Writer, WriteState } from "./Writer.ts"

const top = { little: false, slots: undefined }

export const closures = (node: Node, settings: Settings): Passes => {
  const reader = new Reader(settings, false)
  const writer = new Writer(settings, false)
  const read = reader.read(node, 0, top)
  const write = writer.write(node, 0, top)
  const { min } = bounds(node)
  const { maxBytes } = settings.limits
  let reading: ReadState | undefined
  let writing: WriteState | undefined
  return {
    read(source, start, end, part) {
      if (end - start > maxBytes || end - start < min) return invalid
      // A schema inside the layout may call this reader again: the state is taken for as long as it is in use, and lost with
      // what was refused.
      if (reading?.busy !== false) reading = new ReadState(reader.frame?.())
      const s = reading
      s.start(readable(source), start, end)
      const value = read(s)
      if (value === invalid || (part !== true && s.p !== s.last)) return invalid
      s.busy = false
      cursor.next = s.p - s.origin
      return value
    },
    write(value, target, start) {
      if (target.length - start < min) return -1
      if (writing?.busy !== false) writing = new WriteState(writer.frame?.())
      const s = writing
      s.start(writable(target), start, target.length)
      if (!write(s, value)) return s.fault
      s.busy = false
      // Behind what a reader takes to be the last of the message nothing may stand.
      return s.p - s.base > maxBytes || !(s.ends?.(s) ?? true) ? -2 : s.p - s.origin
    }
  }
}

/** Finds out why `bytes[start, end)` is not a message, or with `part` why none starts there. */
export const diagnoser = (
  node: Node,
  settings: Settings
): ((bytes: Uint8Array, start: number, end: number, part: boolean) => DecodeError) => {
  const reader = new Reader(settings, true)
  const read = reader.read(node, 0, top)
  const { maxBytes } = settings.limits
  return (bytes, start, end, part) => {
    const s = new ReadState(reader.frame?.())
    s.start(readable(bytes), start, end)
    if (end - start > maxBytes) s.fail("LimitExceeded", s.p, `at most ${plural(maxBytes, "byte")}`, String(end - start))
    else if (read(s) !== invalid) {
      if (!part && s.p < s.e) s.fail("TrailingBytes", s.p, "the end", `${plural(s.e - s.p, "more byte")}`)
      // What is refused once and taken the next time was not the same.
      else s.fail("CheckFailed", s.base, "bytes and schemas that do not change", "others")
    }
    const { actual, expected, offset, path, reason } = s.refusal!
    return makeDecodeError(bytes.subarray(0, end), reason, offset - s.origin, path, expected, actual)
  }
}

/** Finds out why a value cannot be written at `start`; gives its size where it can. */
export const valueDiagnoser = (
  node: Node,
  settings: Settings
): ((value: unknown, start: number) => EncodeError | number) => {
  const writer = new Writer(settings, true)
  const write = writer.write(node, 0, top)
  const { maxBytes } = settings.limits
  return (value, start) => {
    // Only writing it shows what a value takes: into ever more room, until it fits or has taken all that it may.
    // What is of fixed size is written without a look at the room: that must be there.
    for (let room = Math.max(0x1000, Math.min(bounds(node).min, maxBytes)); ; room = Math.min(room * 4, maxBytes)) {
      const target = new Uint8Array(start + room)
      const s = new WriteState(writer.frame?.())
      s.start(passing(target), start, target.length)
      const done = write(s, value) && (s.ends?.(s) ?? true)
      const size = s.p - start
      const full = !done && s.fault === -1
      if (full && room < maxBytes) continue
      if (done && size <= maxBytes) return size
      if (done || full) {
        s.path = []
        s.refuse("LimitExceeded", `at most ${maxBytes} bytes`, done ? String(size) : "more")
      }
      const { actual, expected, offset, path, reason } = s.refusal!
      return makeEncodeError(reason, offset - start, path, expected, actual)
    }
  }
}
