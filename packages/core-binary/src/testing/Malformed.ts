/**
 * Bytes that are wrong on purpose: every length, tag, constant and checksum of a message is attacked.
 *
 * @since 0.1.0
 */
import { formatPath } from "../BinaryError.ts"
import type { Settings } from "../internal/Settings.ts"
import type { Row } from "../internal/Trace.ts"
import { WalkRead } from "../internal/walkRead.ts"
import type { Layout } from "../Layout.ts"
import { defaultLimits } from "../Limits.ts"

/**
 * One attack: the bytes, which belong to the caller; what was attacked (`length`, `tag`, `presence`, `constant`, `checksum`,
 * `computed`, `enum`, `text`, `varint`, `terminator`, `end`), where, and how. `rejected` says that no reader may take the
 * bytes; where it is false they may be a message again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Attack {
  readonly target: string
  readonly path: string
  readonly offset: number
  readonly how: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rejected: boolean
}

/** What of a row is worth attacking, and whether every other content must be refused. */
const targetOf = ({ node, role }: Row): readonly [target: string, strict: boolean] | undefined => {
  if (role === "length" || role === "tag" || role === "presence" || role === "terminator") return [role, false]
  switch (node?._tag) {
    case "Const":
    case "ConstInt":
      return ["constant", true]
    case "Padding":
      return node.verify ? ["constant", true] : undefined
    case "Checksum":
      return ["checksum", true]
    case "Computed":
      return ["computed", false]
    case "Enum":
    case "Flags":
      return ["enum", false]
    case "Text":
      return ["text", false]
    case "Varint":
      return ["varint", false]
    default:
      return undefined
  }
}

const extremes: ReadonlyArray<readonly [how: string, first: number, middle: number, last: number]> = [
  ["all zero", 0, 0, 0],
  ["all ones", 0xff, 0xff, 0xff],
  ["greatest, big endian", 0x7f, 0xff, 0xff],
  ["greatest, little endian", 0xff, 0xff, 0x7f],
  ["least, big endian", 0x80, 0, 0],
  ["least, little endian", 0, 0, 0x80]
]

/**
 * Gives every attack on one message: each number that decides about others set to its neighbours and extremes, each
 * constant and checksum with a bit turned, text with a byte no encoding starts with, each field cut off, and a byte too many.
 *
 * @category generators
 * @since 0.1.0
 */
export const make = (layout: Layout<unknown>): ((message: Uint8Array) => ReadonlyArray<Attack>) => {
  const settings: Settings = { limits: defaultLimits, copy: false, lazy: (content) => content }
  return (message) => {
    const rows: Array<Row> = []
    new WalkRead(message, 0, settings, rows).message(layout.node)
    const attacks: Array<Attack> = []
    const attack = (
      row: Row,
      target: string,
      how: string,
      rejected: boolean,
      change: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>
    ): void => {
      const bytes = change(message)
      const changed = bytes.length !== message.length || bytes.some((byte, i) => byte !== message[i])
      if (changed) attacks.push({ target, path: formatPath(row.path), offset: row.offset, how, bytes, rejected })
    }
    const overwrite =
      (at: number, ...content: ReadonlyArray<number>) =>
      (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
        const changed = bytes.slice()
        changed.set(content, at)
        return changed
      }
    for (const row of rows) {
      const { offset, size } = row
      if (size === 0) continue
      attack(row, "end", "cut off before it", false, (bytes) => bytes.slice(0, offset))
      const found = targetOf(row)
      if (found === undefined) continue
      const [target, strict] = found
      const last = offset + size - 1
      for (const [how, first, middle, end] of extremes) {
        const content = Array.from({ length: size }, (_, i) =>
          i === 0 ? first : i === size - 1 ? (size === 1 ? first : end) : middle
        )
        attack(row, target, how, strict, overwrite(offset, ...content))
      }
      attack(row, target, "one more", strict, overwrite(last, (message[last]! + 1) & 0xff))
      attack(row, target, "one less", strict, overwrite(last, (message[last]! - 1) & 0xff))
      attack(row, target, "one more, little endian", strict, overwrite(offset, (message[offset]! + 1) & 0xff))
      attack(row, target, "one less, little endian", strict, overwrite(offset, (message[offset]! - 1) & 0xff))
      attack(row, target, "a bit turned", strict, overwrite(offset, message[offset]! ^ 0x10))
      attack(row, target, "never ending", strict, overwrite(offset, ...Array.from({ length: size }, () => 0x80)))
    }
    const end: Row = {
      offset: message.length,
      size: 0,
      node: undefined,
      role: "unread",
      path: [],
      value: undefined,
      error: undefined,
      little: false
    }
    attack(end, "end", "a byte too many", false, (bytes) => {
      const longer = new Uint8Array(bytes.length + 1)
      longer.set(bytes)
      return longer
    })
    return attacks
  }
}
