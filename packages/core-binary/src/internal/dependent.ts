/**
 * Structs with fields that depend on each other: expressions ask for the values of some, and the numbers of others are derived.
 * Expressions and derived fields bring it along; a struct without them does not know it.
 */
import type * as Layout from "../Layout.ts"
import { derivedOf } from "./derived.ts"
import { computedOf, isEnum, type Local, type Locals, tagIn } from "./emitted.ts"
import { Frame } from "./Frame.ts"
import { invalid } from "./invalid.ts"
import type { DependentStruct } from "./Kind.ts"
import { inOrder as fieldsInOrder } from "./node/Struct.ts"
import { pending } from "./pending.ts"
import type { ReadPlace } from "./Reader.ts"
import { assign } from "./record.ts"
import { referenced } from "./referenced.ts"
import { property, quote } from "./Source.ts"
import type { Slots } from "./Frame.ts"
import type { Owner } from "./WriteGenerator.ts"
import { isRecord } from "./Writer.ts"

const inOrder = (node: Layout.Struct, rest: number) =>
  fieldsInOrder(node, rest).map((field) => ({ ...field, derived: derivedOf(field.node) }))

/** The fields whose positions something asks for. */
const positioned = (fields: ReturnType<typeof inOrder>): Set<string> => {
  const names = new Set<string>()
  for (const { derived, name, node } of fields) derived?.positions(node, name, (name) => names.add(name))
  return names
}

const blank = (node: Layout.Node): Local => ({
  value: undefined,
  node,
  start: undefined,
  end: undefined,
  tag: undefined
})

export const dependent: DependentStruct = {
  emitEntries(node, g, rest, outer) {
    const { source } = g
    const scope: Locals = { fields: new Map(), parent: outer.scope }
    const site = { ...outer, scope }
    const fields = inOrder(node, rest)
    const marks = positioned(fields)
    const mark = (name: string) => (marks.has(name) ? source.bind("s", source.at()) : undefined)
    const entries: Array<string> = []
    for (const { hidden, name, node, rest } of fields) {
      const start = mark(name)
      const read = g.read(node, rest, site)
      if (!hidden) entries.push(property(name, read))
      const value = isEnum(node) ? g.numbers.get(read)! : read
      scope.fields.set(name, { value, node, start, end: mark(name), tag: tagIn(node, g.lastTag) })
    }
    for (const { derived, name, node } of fields) derived?.emitVerify(node, g, scope.fields.get(name)!, site)
    return entries
  },
  emitWrite(node, g, value, rest, outer) {
    const { source } = g
    const scope: Owner = { fields: new Map(), parent: outer.scope, waiting: [] }
    const site = { ...outer, scope }
    const fields = inOrder(node, rest)
    const marks = positioned(fields)
    const mark = (name: string) => (marks.has(name) ? source.bind("s", source.at()) : undefined)
    for (const { name, node } of fields) if (computedOf(node) !== undefined) scope.fields.set(name, blank(node))
    for (const { hidden, name, node, rest } of fields) {
      const each = hidden ? "undefined" : source.bind("f", `${value}[${quote(name)}]`)
      const start = mark(name)
      g.write(node, each, rest, site)
      const known = computedOf(node) !== undefined ? undefined : isEnum(node) ? g.lastNumber : each
      scope.fields.set(name, { value: known, node, start, end: mark(name), tag: tagIn(node, g.lastTag) })
    }
    const fill = (overBytes: boolean) => {
      for (const { derived, name, node } of fields)
        if (derived?.overBytes(node) === overBytes) derived.emitFill(node, g, name, site)
    }
    fill(false)
    for (const check of scope.waiting) check()
    fill(true)
  },
  read(node, c, rest, outer, tag) {
    const { careful } = c
    const asked = referenced(node).names
    c.frame = () => new Frame(c.slots)
    const slots = new Map<string, number>()
    const place: ReadPlace = { ...outer, slots: { fields: slots, parent: outer.slots } }
    const fields = inOrder(node, rest).map((field) => {
      const { derived, name, node, rest } = field
      const read = c.read(node, rest, place)
      const slot = asked.has(name) || derived !== undefined ? c.slots++ : -1
      if (slot >= 0) slots.set(name, slot)
      return { ...field, read, slot, plain: name !== "__proto__", number: isEnum(node) }
    })
    const checks = fields.flatMap(({ derived, name, node }) => derived?.verify(node, c, name, place) ?? [])
    return (s) => {
      const value: Record<string, unknown> = tag === undefined ? {} : { _tag: tag }
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i]!
        const { slot } = field
        const start = s.p
        if (careful) s.path.push(field.name)
        s.tag = 0
        const read = field.read(s)
        if (read === invalid) return invalid
        if (careful) s.path.pop()
        if (slot >= 0) {
          const { frame } = s
          frame.starts[slot] = start
          frame.ends[slot] = s.p
          frame.tags[slot] = s.tag
          frame.values[slot] = field.number ? s.number : read
        }
        if (!field.hidden) {
          if (field.plain) value[field.name] = read
          else assign(value, field.name, read)
        }
      }
      for (let i = 0; i < checks.length; i++) if (!checks[i]!(s)) return invalid
      return value
    }
  },
  write(node, c, rest, outer) {
    const { careful } = c
    const asked = referenced(node).names
    c.frame = () => new Frame(c.slots)
    const slots = new Map<string, number>()
    const place = { ...outer, slots: { fields: slots, parent: outer.slots } as Slots }
    const ordered = inOrder(node, rest)
    // Computed fields stand before what refers to them as well as behind.
    for (const { derived, name } of ordered) if (derived !== undefined) slots.set(name, c.slots++)
    const fields = ordered.map((field) => {
      const { name, node, rest } = field
      const write = c.write(node, rest, place)
      if (asked.has(name) && !slots.has(name)) slots.set(name, c.slots++)
      return { ...field, write, slot: slots.get(name) ?? -1, number: isEnum(node) }
    })
    const fills = (overBytes: boolean) =>
      fields.flatMap(({ derived, name, node }) =>
        derived?.overBytes(node) === overBytes ? derived.fill(node, c, name, place) : []
      )
    const numbers = fills(false)
    const sums = fills(true)
    const own = new Set(fields.filter((field) => field.derived !== undefined).map((field) => field.slot))
    return (s, value) => {
      if (!isRecord(value)) return s.type("an object", value)
      const { frame } = s
      for (const slot of own) frame.values[slot] = pending
      for (const field of fields) {
        const each = field.hidden ? undefined : value[field.name]
        const { slot } = field
        const start = s.p
        if (careful) s.path.push(field.name)
        s.tag = 0
        if (!field.write(s, each)) return false
        if (careful) s.path.pop()
        if (slot < 0) continue
        frame.starts[slot] = start
        frame.ends[slot] = s.p
        frame.tags[slot] = s.tag
        if (!own.has(slot)) frame.values[slot] = field.number ? s.number : each
      }
      for (const fill of numbers) if (!fill(s, undefined)) return false
      if (own.size > 0 && s.waiting.length > 0) {
        const due = s.waiting.filter((each) => own.has(each.slot))
        s.waiting = s.waiting.filter((each) => !own.has(each.slot))
        for (const each of due) if (!each.check(s)) return false
      }
      for (const sum of sums) sum(s, undefined)
      return true
    }
  }
}
