/**
 * Bytes that are wrong on purpose: every length, tag, constant and checksum of a message is attacked.
 *
 * @since 0.1.0
 */
import { identity } from "effect/Function"
import { formatPath } from "../BinaryError.ts"
import { children } from "../internal/Kind.ts"
import type { TraceSettings as Settings } from "../internal/Settings.ts"
import { type Referenced, referenced } from "../internal/referenced.ts"
import type { Row } from "../internal/Trace.ts"
import { WalkRead } from "../internal/walkRead.ts"
import type { Layout, Node } from "../Layout.ts"
import { defaultLimits } from "../Limits.ts"

/**
 * One attack: the bytes, which belong to the caller; what was attacked (`length`, `tag`, `presence`, `constant`, `checksum`,
 * `computed`, `enum`, `bits`, `operand`: a number that an expression asks for, `text`, `varint`, `terminator`, `end`), where, and how. `rejected` says that no reader may take the
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
const targetOf = (
  { node, path, role }: Row,
  named: ReadonlySet<string>
): readonly [target: string, strict: boolean] | undefined => {
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
    case "Bits":
      return ["bits", false]
    case "Int":
      return named.has(String(path.at(-1))) ? ["operand", false] : undefined
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
  const plan = plans(layout)
  return (message) => plan(message).flatMap((each) => carryOut(each, message) ?? [])
}

/**
 * An attack that is not carried out yet: `at` and `content` say what is overwritten; a message is cut off or made longer at its `end`.
 *
 * @internal
 */
export interface Plan extends Omit<Attack, "bytes"> {
  readonly content: (() => ReadonlyArray<number>) | "cut" | "longer"
  readonly at: number
}

/**
 * The attack, unless it leaves the message as it is.
 *
 * @internal
 */
export const carryOut = (plan: Plan, message: Uint8Array): Attack | undefined => {
  const { at, content, ...rest } = plan
  if (content === "cut") return { ...rest, bytes: message.slice(0, at) }
  const bytes = new Uint8Array(message.length + (content === "longer" ? 1 : 0))
  bytes.set(message)
  if (content === "longer") return { ...rest, bytes }
  bytes.set(content(), at)
  return bytes.every((byte, i) => byte === message[i]) ? undefined : { ...rest, bytes }
}

/** Whether a union's tag is part of its cases: then a constant that changes may be the tag of another. */
const looksAhead = (root: Node): boolean => {
  const seen = new Set<Node>()
  const visit = (node: Node): boolean => {
    if (seen.has(node)) return false
    seen.add(node)
    return (node._tag === "Tagged" && node.tag._tag === "Inside") || children(node).some(visit)
  }
  return visit(root)
}

/** The names that expressions ask for, in suspended layouts too. */
const operands = (root: Node): ReadonlySet<string> => {
  const found: Referenced = { names: new Set(), by: undefined }
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    referenced(node, found)
    children(node).forEach(visit)
  }
  visit(root)
  return found.names
}

/** @internal */
export const plans = (layout: Layout<unknown>): ((message: Uint8Array) => ReadonlyArray<Plan>) => {
  const settings: Settings = { limits: defaultLimits, copy: false, lazy: identity }
  const ambiguous = looksAhead(layout.node)
  const named = operands(layout.node)
  return (message) => {
    const rows: Array<Row> = []
    new WalkRead(message, 0, settings, rows).message(layout.node)
    const end = { target: "end", rejected: false }
    const found: Array<Plan> = [
      { ...end, path: "", offset: message.length, how: "a byte too many", content: "longer", at: message.length }
    ]
    for (const row of rows) {
      const { offset, size } = row
      if (size === 0) continue
      const path = formatPath(row.path)
      found.push({ ...end, path, offset, how: "cut off before it", content: "cut", at: offset })
      const goal = targetOf(row, named)
      if (goal === undefined) continue
      const [target, strict] = goal
      const rejected = strict && !ambiguous && !row.later
      // Contents are made when they are wanted: a fuzzer carries out one plan of thousands.
      const add = (how: string, at: number, content: () => ReadonlyArray<number>): void => {
        found.push({ target, path, offset, how, rejected, content, at })
      }
      const change = (how: string, at: number, by: (byte: number) => number): void =>
        add(how, at, () => [by(message[at]!) & 0xff])
      const last = offset + size - 1
      for (const [how, first, middle, end] of extremes)
        add(how, offset, () =>
          Array.from({ length: size }, (_, i) => (i === 0 ? first : i === size - 1 ? end : middle))
        )
      change("one more", last, (byte) => byte + 1)
      change("one less", last, (byte) => byte - 1)
      change("one more, little endian", offset, (byte) => byte + 1)
      change("one less, little endian", offset, (byte) => byte - 1)
      change("a bit turned", offset, (byte) => byte ^ 0x10)
      add("never ending", offset, () => Array.from({ length: size }, () => 0x80))
    }
    return found
  }
}
