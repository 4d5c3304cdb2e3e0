/** A window that is read when its value is asked for. */
import type { Result } from "effect/Result"
import type { DecodeError } from "../../BinaryError.ts"
import * as Codec from "../../Codec.ts"
import type * as Layout from "../../Layout.ts"
import { exactly, lengthBounds } from "../bounds.ts"
import {
  behind,
  copier,
  emitBehind,
  emitBytes,
  emitCopy,
  emitExtent,
  emitNull,
  emitNullable,
  emitSkip,
  extent,
  nullable
} from "../content.ts"
import { endianness } from "../endianness.ts"
import { type Kind, lengthKindOf, typeName } from "../Kind.ts"
import type { Settings } from "../Settings.ts"

const compiled = /* @__PURE__ */ new WeakMap<Settings, Map<Layout.Any, Codec.Codec<unknown>>>()

/** One codec for all the windows of a node in a byte order: compiled when the first of them is read. */
const codecOf = (node: Layout.Node, little: boolean, settings: Settings): Codec.Codec<unknown> => {
  let codecs = compiled.get(settings)
  if (codecs === undefined) compiled.set(settings, (codecs = new Map()))
  const layout = endianness<unknown>(node, little)
  let codec = codecs.get(layout)
  if (codec === undefined) codecs.set(layout, (codec = Codec.make(layout, settings)))
  return codec
}

class LazyValue {
  readonly bytes: Uint8Array
  private readonly node: Layout.Node
  private readonly little: boolean
  private readonly settings: Settings
  private result: Result<unknown, DecodeError> | undefined

  constructor(bytes: Uint8Array, node: Layout.Node, little: boolean, settings: Settings) {
    this.bytes = bytes
    this.node = node
    this.little = little
    this.settings = settings
  }

  read(): Result<unknown, DecodeError> {
    return (this.result ??= codecOf(this.node, this.little, this.settings).decode(this.bytes))
  }
}

export const Lazy: Kind<Layout.Window> = {
  bounds: ({ length }) => lengthBounds(length, exactly(1)),
  typeName: ({ length, of }) => `lazy window[${lengthKindOf(length).typeName(length)}] of ${typeName(of)}`,
  children: (node) => [node.of],
  apart: true,
  emitRead(node, g, rest, site) {
    const { source } = g
    return emitNullable(g, node.length, rest, site, (length) => {
      const end = emitExtent(g, length, rest, site)
      const captured = `${source.capture(node.of)}, ${site.little}, ${source.capture(g.settings)}`
      const name = source.bind("v", `new ${source.run({ LazyValue })}(${emitBytes(g, end)}, ${captured})`)
      emitBehind(g, length, end, rest, site)
      return name
    })
  },
  emitSkip: (node, g, rest, site) => emitSkip(g, node.length, rest, site),
  emitWrite({ length }, g, value, rest, site) {
    emitNull(g, length, value, rest, site, () => {
      emitCopy(g, length, g.source.bind("v", `${value}?.bytes`), rest, site)
    })
  },
  read(node, c, rest, place) {
    const content = extent(c, node, node.length, rest, place)
    const size = behind(node.length)
    const { settings } = c
    return (s) => {
      const end = content(s)
      if (typeof end !== "number") return end
      const { p } = s
      const bytes = settings.copy ? s.bytes.slice(p, end) : new Uint8Array(s.buffer, p, end - p)
      s.p = end + size
      return new LazyValue(bytes, node.of, place.little ?? s.little, settings)
    }
  },
  write({ length }, c, rest, place) {
    const copy = copier(c, length, rest, place)
    return nullable(c, length, rest, place, (s, value) => {
      const content = (value as { readonly bytes?: unknown } | null | undefined)?.bytes
      return content instanceof Uint8Array ? copy(s, content) : s.type("a lazy value with its bytes", value)
    })
  }
}
