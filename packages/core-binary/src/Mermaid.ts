/**
 * A layout as a Mermaid packet diagram.
 *
 * @since 0.1.0
 */
import type { Export, Note } from "./Export.ts"
import { bounds } from "./internal/bounds.ts"
import { typeName } from "./internal/Kind.ts"
import type { Layout, Length, Node } from "./Layout.ts"

/**
 * The title, and the width in bits that contents without a fixed size, and fixed ones above it, are drawn with: 64 unless
 * said otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly title?: string | undefined
  readonly variableBits?: number | undefined
}

const escape = (text: string): string =>
  text.replaceAll(/["#;\p{Cc}]/gu, (character) => `#${character.codePointAt(0)!};`)

interface Block {
  readonly bits: number
  readonly label: string
}

class Packet {
  readonly blocks: Array<Block> = []
  readonly notes: Array<Note> = []
  private readonly widest: number

  constructor(widest: number) {
    this.widest = widest
  }

  private add(bits: number, path: string, what: string): void {
    const name = path === "" ? what : `${path}: ${what}`
    if (bits > 0) this.blocks.push({ bits, label: name })
  }

  private drawn(size: number, path: string, what: string): void {
    const bits = Math.min(size * 8, this.widest)
    if (bits < size * 8) this.notes.push({ path, note: `${what} is drawn with ${bits} bits` })
    this.add(bits, path, what)
  }

  private variable(path: string, what: string): void {
    this.notes.push({ path, note: `${what} has no fixed size: it is drawn with ${this.widest} bits` })
    this.add(this.widest, path, what)
  }

  /** A node whose inside is not drawn. */
  private whole(node: Node, path: string, what = typeName(node)): void {
    const { max, min } = bounds(node)
    if (min === max) this.drawn(min, path, what)
    else this.variable(path, what)
  }

  private content(length: Length, path: string, what: string, least: number): void {
    if (length._tag === "Prefixed") {
      this.whole(length.prefix, path === "" ? "length" : `${path} length`)
      return this.variable(path, what)
    }
    if (length._tag === "Fixed") return this.drawn(length.value * least, path, what)
    this.variable(path, what)
    if (length._tag === "Terminated") this.add(length.terminator.length * 8, path, "terminator")
  }

  node(node: Node, path: string): void {
    switch (node._tag) {
      case "Bits": {
        if (node.order === "lsb") this.notes.push({ path, note: "the first bit field has the least significant bits" })
        for (const { bits, name, value } of node.fields)
          this.add(bits, path === "" ? name : `${path}.${name}`, value === undefined ? `${bits} bits` : `= ${value}`)
        return
      }
      case "Struct":
        return node.fields.forEach((field) => this.node(field.node, path === "" ? field.name : `${path}.${field.name}`))
      case "Bytes":
        return this.content(node.length, path, "bytes", 1)
      case "Text":
        return this.content(node.length, path, node.encoding, 1)
      case "Array": {
        const { max, min } = bounds(node.of)
        if (node.length._tag !== "Fixed" || min === max)
          return this.content(node.length, path, `array of ${typeName(node.of)}`, min)
        return this.variable(path, `array of ${typeName(node.of)}`)
      }
      case "Window": {
        const prefix = node.length._tag === "Prefixed" ? node.length.prefix : undefined
        if (prefix !== undefined) this.whole(prefix, path === "" ? "length" : `${path} length`)
        if (node.length._tag === "Fixed") return this.drawn(node.length.value, path, typeName(node))
        this.node(node.of, path)
        if (node.rest === "skip") this.notes.push({ path, note: "bytes may follow in its window" })
        return
      }
      case "Tagged": {
        const cases = node.cases.map(({ from, name, to }) => `${name} (${from === to ? from : `${from}-${to}`})`)
        if (node.tag._tag === "Before") this.whole(node.tag.of, path === "" ? "tag" : `${path} tag`)
        this.notes.push({ path, note: "the cases of a union are not drawn" })
        const sizes = node.cases.map((each) => bounds(each.node))
        const what = `one of ${cases.join(", ")}`
        const first = sizes[0]
        if (first !== undefined && sizes.every(({ max, min }) => min === first.min && max === first.min))
          return this.drawn(first.min, path, what)
        return this.variable(path, what)
      }
      case "Optional": {
        if (node.presence._tag === "Flagged")
          this.whole(node.presence.of, path === "" ? "presence" : `${path} presence`)
        this.notes.push({ path, note: "it may be missing" })
        return this.whole(node.of, path, `optional ${typeName(node.of)}`)
      }
      case "Pointer":
        return void this.notes.push({ path, note: `${typeName(node)} stands elsewhere` })
      case "Transform":
        return this.node(node.of, path)
      case "Endianness":
        if (node.little !== false) {
          const order = node.little === true ? "little endian" : "an order that another field says"
          this.notes.push({ path, note: `numbers without an order of their own are ${order}` })
        }
        return this.node(node.of, path)
      default:
        return this.whole(node, path)
    }
  }
}

/**
 * Draws a layout, most significant bit first, 32 bits a line. What follows a content without a fixed size stands behind where
 * the diagram says: the notes tell.
 *
 * **Example** (A fixed header)
 *
 * ```ts
 * import { Binary, Mermaid } from "@bytewright/core-binary"
 *
 * const layout = Binary.Struct({ id: Binary.Uint16, flags: Binary.Bits({ urgent: 1, kind: 15 }) })
 * console.log(Mermaid.packet(layout).text)
 * // => packet-beta
 * // => 0-15: "id: uint16"
 * // => 16: "flags.urgent: 1 bits"
 * // => 17-31: "flags.kind: 15 bits"
 * ```
 *
 * @category exporters
 * @since 0.1.0
 */
export const packet = (layout: Layout<unknown>, options?: Options): Export => {
  const packet = new Packet(options?.variableBits ?? 64)
  packet.node(layout.node, "")
  const lines: Array<string> = []
  if (options?.title !== undefined) lines.push("---", `title: ${JSON.stringify(options.title)}`, "---")
  lines.push("packet-beta")
  for (const { note, path } of packet.notes) lines.push(`%% ${JSON.stringify(path).slice(1, -1)}: ${note}`)
  let at = 0
  for (const { bits, label } of packet.blocks) {
    lines.push(`${bits === 1 ? at : `${at}-${at + bits - 1}`}: "${escape(label)}"`)
    at += bits
  }
  return { text: lines.join("\n"), notes: packet.notes }
}
