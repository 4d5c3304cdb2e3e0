/** The words that generated readers and writers share: what is known of fields, function names, literals, byte orders. */
import type * as Layout from "../Layout.ts"
import { type Bindings, quote } from "./Source.ts"

/** What generated code knows of a field: the names of its variables. */
export interface Local {
  /** The value; `undefined` for a computed field that the writer does not know yet. */
  readonly value: string | undefined
  readonly node: Layout.Node
  readonly start: string | undefined
  readonly end: string | undefined
  readonly tag: string | undefined
}

export interface Locals {
  readonly fields: Map<string, Local>
  readonly parent: Locals | undefined
}

export const literalName = (name: string | number): string => (typeof name === "number" ? String(name) : quote(name))

export const literal = (value: number | bigint): string => (typeof value === "bigint" ? `${value}n` : String(value))

export const littleOf = (endian: Layout.Endian, site: { readonly little: string }): string =>
  endian === "inherit" ? site.little : String(endian === "little")

/** The last argument of a `DataView` method; big endian is its default. */
export const flag = (little: string): string => (little === "false" ? "" : `, ${little}`)

/** A byte order at a place, where it is known when closures are made. */
export const knownOrder = (endian: Layout.Endian, place: { readonly little: boolean | undefined }) =>
  endian === "inherit" ? place.little : endian === "little"

/** Whether a field is a number with names, whose number expressions see. */
export const isEnum = (node: Layout.Node): boolean =>
  node._tag === "Endianness" ? isEnum(node.of) : node._tag === "Enum"

/** The variable with the tag of a field, if the field is a tagged union. */
export const tagIn = (node: Layout.Node, last: string | undefined): string | undefined => {
  switch (node._tag) {
    case "Endianness":
    case "Window":
      return tagIn(node.of, last)
    default:
      return node._tag === "Tagged" ? last : undefined
  }
}

/** The computed field behind a node, if it is one. */
export const computedOf = (node: Layout.Node): Layout.Computed | undefined =>
  node._tag === "Computed" ? node : node._tag === "Endianness" ? computedOf(node.of) : undefined

/** What a function has of its memory `m`. */
export const prologue: Bindings = ["const view = m.view", "const bytes = m.bytes", "const buffer = m.buffer"]

/** The positions of a call that is given `start` and `end`, so that nothing is passed on. */
export const positions: Bindings = [
  ...prologue,
  "const origin = m.offset",
  "const base = origin + start",
  "const e = origin + end",
  "const last = e",
  "const depth = 0",
  "let p = base"
]
