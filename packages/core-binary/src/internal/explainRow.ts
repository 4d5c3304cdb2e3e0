/** The texts of a trace's rows. */
import type { Int, Length, Node, Optional, Tagged, Varint } from "../Layout.ts"
import type { Row } from "./Trace.ts"
import { change, typeName } from "./Kind.ts"

const longestText = 40
const mostHex = 16

/** What stands on the wire for a row: the number before a field, not the field. */
const wireNode = (node: Node, role: Row["role"]): Node => {
  switch (role) {
    case "length":
      return ((node as Extract<Node, { length: Length }>).length as Extract<Length, { _tag: "Prefixed" }>).prefix
    case "tag":
      return ((node as Tagged).tag as Extract<Tagged["tag"], { _tag: "Before" }>).of
    case "presence":
      return ((node as Optional).presence as Extract<Optional["presence"], { _tag: "Flagged" }>).of
    default:
      return node
  }
}

/** The node with the byte order it was read in, where that is not the default. */
const ordered = (node: Node, little: boolean): Node => {
  if (!little) return node
  switch (node._tag) {
    case "Int":
    case "Float":
      return node.endian === "inherit" && node.bits > 8 ? change<Node>(node, { endian: "little" }) : node
    case "Enum":
      return change(node, { of: ordered(node.of, little) as Int | Varint })
    case "Flags":
    case "ConstInt":
    case "Computed":
    case "Checksum":
      return change<Node>(node, { of: ordered(node.of, little) as Int })
    default:
      return node
  }
}

export const rowType = (row: Row): string => {
  if (row.role === "unread") return "unread"
  if (row.node === undefined) return ""
  const name = typeName(ordered(wireNode(row.node, row.role), row.little))
  return row.role === "value" ? name : `${name} ${row.role}`
}

const shorten = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}...` : text)

const printable = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes.subarray(0, longestText + 1)) {
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."
  }
  return shorten(text)
}

/** A value as a person reads it. */
const show = (value: unknown): string => {
  if (typeof value === "string") return shorten(JSON.stringify(value))
  if (value instanceof Uint8Array) return printable(value)
  if (Array.isArray(value)) return `${value.length} element${value.length === 1 ? "" : "s"}`
  if (typeof value === "object" && value !== null) {
    return shorten(
      Object.entries(value)
        .map(([name, part]) => `${name}=${String(part)}`)
        .join(" ")
    )
  }
  return value === undefined ? "" : String(value)
}

export const display = ({ node, role, value }: Row): string => {
  if (role === "value" && node?._tag === "Struct") return ""
  if (role === "value" && node?._tag === "Enum" && typeof value === "string") return value
  if (role === "tag" && node?._tag === "Tagged") {
    const tag = Number(value)
    const found = node.cases.find((each) => tag >= each.from && tag <= each.to)
    return found === undefined ? show(value) : `${show(value)} (${found.name})`
  }
  return show(value)
}

export const hexBytes = (bytes: Uint8Array, offset: number, size: number): string => {
  const shown = bytes.subarray(offset, offset + Math.min(size, mostHex))
  const text = Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
  return size > mostHex ? `${text} ...` : text
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
