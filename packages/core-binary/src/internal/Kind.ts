/**
 * What a codec must know of a kind of node, together in one place for each kind. A node brings its kind along, out of sight,
 * from the constructor that made it: a program ships the kinds whose constructors it calls, and no others.
 */
import type { Length, Node, Struct } from "../Layout.ts"
import type { Bounds } from "./bounds.ts"
import { carried, carry } from "./carry.ts"
import type { Local } from "./emitted.ts"
import type { Read, ReadPlace, Reader, ReadState } from "./Reader.ts"
import type { ReadGenerator, ReadSite } from "./ReadGenerator.ts"
import type { Owner, WriteGenerator, WriteSite } from "./WriteGenerator.ts"
import type { Write, WritePlace, Writer, WriteState } from "./Writer.ts"

/** Every reading and writing is under one invariant: `bounds(node).min + rest` bytes are left, `rest` being the least that all behind it needs. */
export interface Kind<N> {
  /** The least and the greatest size. */
  bounds(node: N): Bounds
  /** The type as a short text, for error messages and tables. */
  typeName(node: N): string
  /** The nodes right below. */
  children?(node: N): ReadonlyArray<Node>
  /** The names of the fields that the node itself asks for. */
  names?(node: N, visit: Visit): void
  /** Whether what is below cannot see the fields outside. */
  readonly apart?: boolean

  /** The code that reads the node; gives the expression of its value. */
  emitRead(node: N, g: ReadGenerator, rest: number, site: ReadSite): string
  /** What a view of the node is a view of, where it only says how that is read; and the code that goes there. */
  within?(node: N): Node | undefined
  emitEnter?(node: N, g: ReadGenerator, site: ReadSite): ReadSite
  /** Whether a view reads it when it is made: a constant, or what stands elsewhere. */
  readonly eager?: boolean
  /** The code that passes over the node and checks what its lengths announce; false where it has to be read. */
  emitSkip?(node: N, g: ReadGenerator, rest: number, site: ReadSite): boolean
  /** The code that writes the value that `value` names. */
  emitWrite(node: N, g: WriteGenerator, value: string, rest: number, site: WriteSite): void
  /** A closure that reads the node. */
  read(node: N, c: Reader, rest: number, place: ReadPlace): Read
  /** A closure that writes a value. */
  write(node: N, c: Writer, rest: number, place: WritePlace): Write

  /** What a field must tell the struct that derives its number from others. */
  readonly derived?: Derived<N>
}

/** Is told the name of a field that something asks for, and what handles structs with such fields. */
export type Visit = (name: string, by: DependentStruct) => void

/** What handles structs with fields that depend on each other. */
export interface DependentStruct {
  /** The code that reads the fields; gives the entries of the object. */
  emitEntries(node: Struct, g: ReadGenerator, rest: number, site: ReadSite): ReadonlyArray<string>
  emitWrite(node: Struct, g: WriteGenerator, value: string, rest: number, site: WriteSite): void
  /** A closure that reads the fields into an object that starts with `_tag` where there is a tag. */
  read(node: Struct, c: Reader, rest: number, place: ReadPlace, tag: string | undefined): Read
  write(node: Struct, c: Writer, rest: number, place: WritePlace): Write
}

/** A number that the struct fills in when its other fields stand, and verifies when they are read. */
export interface Derived<N> {
  /** What handles the struct; a byte order leaves it to what it holds. */
  readonly by?: DependentStruct
  /** Whether it is derived from the bytes, so that everything else must stand first. */
  overBytes(node: N): boolean
  /** The fields whose places it needs; `name` is its own. */
  positions(node: N, name: string, add: (name: string) => void): void
  emitVerify(node: N, g: ReadGenerator, known: Local, site: ReadSite): void
  verify(node: N, c: Reader, name: string, place: ReadPlace): (s: ReadState) => boolean
  emitFill(node: N, g: WriteGenerator, name: string, site: WriteSite & { readonly scope: Owner }): void
  fill(node: N, c: Writer, name: string, place: WritePlace): Write
}

/** What a codec must know of a kind of length. */
export interface LengthKind<L> {
  /** The size of as many units of these bounds, with everything that says how many they are. */
  bounds(length: L, unit: Bounds): Bounds
  typeName(length: L): string
  names?(length: L, visit: Visit): void
  /** The bytes behind the content that belong to the length. */
  behind?(length: L): number

  /** The code that reads how many units of at least `unit` bytes there are, and checks that they are there; only for what is counted. */
  emitCount?(length: L, g: ReadGenerator, unit: number, elements: boolean, rest: number, site: ReadSite): string
  /** The code behind a prefix that may say `null`. */
  emitNullable?(length: L, g: ReadGenerator, rest: number, site: ReadSite, body: (length: Length) => string): string
  /** The code that finds where a content of bytes ends that starts at the position, which is flushed; of a count that is its sum. */
  emitExtent?(length: L, g: ReadGenerator, rest: number, site: ReadSite, unit: number): string
  /** As `emitCount`, as a closure: `null` for an absent value. */
  count?(length: L, c: Reader, unit: number, elements: boolean, rest: number, place: ReadPlace): Read<number | null>
  /** As `emitExtent`, as a closure. */
  extent?(length: L, c: Reader, rest: number, place: ReadPlace, unit: number): Read<number | null>
  /** A closure that tells whether another element follows, where a terminator ends them. */
  more?(length: L): (s: ReadState, end: number) => boolean
  /** The condition under which generated code reads another element. */
  emitMore?(length: L, g: ReadGenerator, end: string): string

  /**
   * The code that checks a count of units against its place and writes its prefix: at the position, where the content is still
   * to come, or at `at`, where it stands.
   */
  emitPut(length: L, g: WriteGenerator, n: string, rest: number, site: WriteSite, at?: string): void
  /** The code for a value that may be `null`. */
  emitNull?(length: L, g: WriteGenerator, value: string, rest: number, site: WriteSite, body: () => void): void
  /** The code that ends a content that started at `start`. */
  emitEnd?(length: L, g: WriteGenerator, start: string, rest: number, unit: number): void
  put(length: L, c: Writer, rest: number, place: WritePlace): (s: WriteState, n: number, at: number) => boolean
  null?(length: L, c: Writer, rest: number, place: WritePlace, inner: Write): Write
  end?(length: L, c: Writer, rest: number, unit: number): (s: WriteState, start: number) => boolean
}

/** A node of a kind: its data is plain and enumerable, its kind is neither. */
export const make = <N extends Node>(of: Kind<N>, data: N): N => carry(of, data)

export const kindOf = <N extends Node>(node: N): Kind<N> => carried(node)

/** A length of a kind. */
export const makeLength = <L extends Length>(of: LengthKind<L>, data: L): L => carry(of, data)

export const lengthKindOf = <L extends Length>(length: L): LengthKind<L> => carried(length)

/** A copy with other data and the same kind. */
export const change = <D extends Node | Length>(data: D, changes: Partial<D>): D =>
  carry(carried(data), { ...data, ...changes })

/** The nodes right below a node. */
export const children = (node: Node): ReadonlyArray<Node> => kindOf(node).children?.(node) ?? []

/** The type of a node as a short text: `int32`, `uint16le`, `bytes[int32]`, `array[int16] of int16`. */
export const typeName = (node: Node): string => kindOf(node).typeName(node)
