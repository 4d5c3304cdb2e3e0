import type * as Layout from "../../Layout.ts"
import { isHidden } from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { derivedBy } from "../derived.ts"
import { invalid } from "../invalid.ts"
import type { DependentStruct, Kind } from "../Kind.ts"
import type { Read, ReadPlace, Reader } from "../Reader.ts"
import type { ReadGenerator, ReadSite } from "../ReadGenerator.ts"
import { assign } from "../record.ts"
import { referenced } from "../referenced.ts"
import { property, quote } from "../Source.ts"
import { readFields, writeFields } from "../unrolled.ts"

/** The fields with what all behind each of them needs. */
export const inOrder = (node: Layout.Struct, rest: number) => {
  let behind = rest + bounds(node).min
  return node.fields.map(({ name, node }) => {
    behind -= bounds(node).min
    return { name, node, rest: behind, hidden: isHidden(node) }
  })
}

/** What reads and writes a struct with fields that depend on each other; `undefined` where none does. */
const dependentOf = (node: Layout.Struct): DependentStruct | undefined =>
  referenced(node).by ?? node.fields.map((field) => derivedBy(field.node)).find((by) => by !== undefined)

/** Reads the fields and gives the entries of the object. */
export const emitEntries = (
  node: Layout.Struct,
  g: ReadGenerator,
  rest: number,
  site: ReadSite
): ReadonlyArray<string> =>
  dependentOf(node)?.emitEntries(node, g, rest, site) ??
  inOrder(node, rest).flatMap(({ hidden, name, node, rest }) => {
    const value = g.read(node, rest, site)
    return hidden ? [] : [property(name, value)]
  })

/** Reads the fields into an object that starts with `_tag` where there is a tag. */
export const readStruct = (
  node: Layout.Struct,
  c: Reader,
  rest: number,
  place: ReadPlace,
  tag: string | undefined
): Read => {
  const dependent = dependentOf(node)
  if (dependent !== undefined) return dependent.read(node, c, rest, place, tag)
  const fields = inOrder(node, rest).map((field) => ({ ...field, read: c.read(field.node, field.rest, place) }))
  const { careful } = c
  if (!careful && fields.every((field) => !field.hidden && field.name !== "__proto__")) {
    return readFields(
      fields.map((field) => field.name),
      fields.map((field) => field.read),
      tag
    )
  }
  return (s) => {
    const value: Record<string, unknown> = tag === undefined ? {} : { _tag: tag }
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!
      if (careful) s.path.push(field.name)
      const read = field.read(s)
      if (read === invalid) return invalid
      if (careful) s.path.pop()
      if (!field.hidden) assign(value, field.name, read)
    }
    return value
  }
}

export const Struct: Kind<Layout.Struct> = {
  bounds(node) {
    const all = node.fields.map((field) => bounds(field.node))
    return { min: all.reduce((sum, { min }) => sum + min, 0), max: all.reduce((sum, { max }) => sum + max, 0) }
  },
  typeName: () => "struct",
  children: (node) => node.fields.map((field) => field.node),
  emitRead: (node, g, rest, site) => g.source.bind("v", `{ ${emitEntries(node, g, rest, site).join(", ")} }`),
  emitWrite(node, g, value, rest, site) {
    g.isRecord(value)
    const dependent = dependentOf(node)
    if (dependent !== undefined) return dependent.emitWrite(node, g, value, rest, site)
    for (const { hidden, name, node: field, rest: behind } of inOrder(node, rest))
      g.write(field, hidden ? "undefined" : g.source.bind("f", `${value}[${quote(name)}]`), behind, site)
  },
  read: (node, c, rest, place) => readStruct(node, c, rest, place, undefined),
  write(node, c, rest, place) {
    const dependent = dependentOf(node)
    if (dependent !== undefined) return dependent.write(node, c, rest, place)
    const fields = inOrder(node, rest).map((field) => ({ ...field, write: c.write(field.node, field.rest, place) }))
    const { careful } = c
    if (!careful && fields.every((field) => !field.hidden)) {
      return writeFields(
        fields.map((field) => field.name),
        fields.map((field) => field.write)
      )
    }
    return (s, object) => {
      if (typeof object !== "object" || object === null) return s.type("an object", object)
      const value = object as Record<string, unknown>
      for (const { hidden, name, write } of fields) {
        if (careful) s.path.push(name)
        if (!write(s, hidden ? undefined : value[name])) return false
        if (careful) s.path.pop()
      }
      return true
    }
  }
}
