/** The text of a generated function while it is written: lines, fresh names, the position, and what it captures. */

import { invalid } from "./invalid.ts"
import { cursor, memory, readable, writable } from "./memory.ts"

/** A value that generated code refers to as `K[i]`: a function, a table, a schema's converter. */
export type Captured = unknown

/** What the functions of one generated module share: names are fresh in all of it. */
export interface Module {
  readonly captured: Array<Captured>
  readonly functions: Array<string>
  /** What generated code calls by name, `R.find`: an ahead-of-time module is given it, and so depends on nothing. */
  readonly runtime: Record<string, unknown>
  names: number
  /** Whether a pointer is followed, so that how many must be counted. */
  pointers: boolean
  /** Whether a writer must check that nothing follows what is read to the end of the window. */
  readonly outruns: boolean
  /** Whether the writer leaves something unchecked, so that closures must write. */
  unproved: boolean
}

export const emptyModule = (outruns: boolean): Module => ({
  captured: [],
  functions: [],
  runtime: { cursor, invalid, memory, readable, writable },
  names: 0,
  pointers: false,
  outruns,
  unproved: false
})

/** Declarations of a name each, `const p = value`. */
export type Bindings = ReadonlyArray<string>

/** The code behind those bindings that it, or another that is kept, mentions: the engine inlines short functions only. */
export const bound = (bindings: Bindings, body: ReadonlyArray<string>): ReadonlyArray<string> => {
  const lines = [...body]
  for (const binding of bindings.toReversed()) {
    const name = new RegExp(`\\b${binding.split(" ")[1]!}\\b`)
    if (lines.some((line) => name.test(line))) lines.unshift(binding)
  }
  return lines
}

export class Source {
  readonly lines: Array<string> = []
  readonly module: Module
  private readonly hoists: Array<string> = []
  /** What must be added to `p` to get the position: constant offsets are folded into the accesses. */
  displacement = 0

  constructor(module: Module) {
    this.module = module
  }

  line(text: string): void {
    this.lines.push(text)
  }

  fresh(prefix: string): string {
    return `${prefix}${this.module.names++}`
  }

  /** Evaluates once, under a new name. */
  bind(prefix: string, expression: string): string {
    const name = this.fresh(prefix)
    this.line(`const ${name} = ${expression}`)
    return name
  }

  /** A name visible in the whole function, whichever block sets it. */
  hoist(prefix: string, initial: string): string {
    const name = this.fresh(prefix)
    this.hoists.push(`let ${name} = ${initial}`)
    return name
  }

  capture(value: Captured): string {
    const { captured } = this.module
    let index = captured.indexOf(value)
    if (index < 0) index = captured.push(value) - 1
    return `K[${index}]`
  }

  /** The name under which generated code finds one function of this package. */
  run(named: Readonly<Record<string, unknown>>): string {
    Object.assign(this.module.runtime, named)
    return `R.${Object.keys(named)[0]!}`
  }

  /** The position, `extra` bytes on. */
  at(extra = 0): string {
    const offset = this.displacement + extra
    return offset === 0 ? "p" : `p + ${offset}`
  }

  /** Makes `p` the position itself: before branches, loops and calls. */
  flush(): void {
    if (this.displacement !== 0) this.line(`p += ${this.displacement}`)
    this.displacement = 0
  }

  /** A block that starts and ends with `p` as the position. */
  block(head: string, body: () => void, tail = "}"): void {
    this.flush()
    this.line(`${head} {`)
    body()
    this.flush()
    this.line(tail)
  }

  /** All lines, those that the whole of them needs first. */
  body(): ReadonlyArray<string> {
    return [...this.hoists, ...this.lines]
  }

  /** A function; `first` stands before what it binds. */
  function(name: string, parameters: string, bindings: Bindings, first: ReadonlyArray<string> = []): string {
    return [`function ${name}(${parameters}) {`, ...first, ...bound(bindings, this.body()), "}"].join("\n")
  }
}

/** A string as a literal of generated code, of which JSON is a part: the only way a user's text gets there. */
export const quote = (text: string): string => JSON.stringify(text)

/** A property of an object literal; computed for `__proto__`, which would otherwise set the prototype. */
export const property = (name: string, value: string): string =>
  name === "__proto__" ? `["__proto__"]: ${value}` : `${quote(name)}: ${value}`
