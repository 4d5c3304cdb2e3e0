/** The text of a generated function while it is written: lines, fresh names, the position, and what it captures. */

/** A value that generated code refers to as `K[i]`: a function, a table, a schema's converter. */
export type Captured = unknown

/** What the functions of one generated module share: names are fresh in all of it. */
export interface Module {
  readonly captured: Array<Captured>
  readonly functions: Array<string>
  names: number
  /** Whether a pointer is followed, so that how many must be counted. */
  pointers: boolean
  /** Whether a writer must check that nothing follows what is read to the end of the window. */
  readonly outruns: boolean
}

/** Names and what they are bound to, `let` in front of a name that is assigned to later. */
export type Prologue = ReadonlyArray<readonly [name: string, value: string]>

/** The code behind the bindings that it, or another binding that is kept, mentions. */
export const bound = (prologue: Prologue, body: ReadonlyArray<string>): ReadonlyArray<string> => {
  const kept: Array<string> = []
  const mentions = (plain: string): boolean => {
    const name = new RegExp(`(?<![$.\\w])${plain}(?!\\w)`)
    return body.some((line) => name.test(line)) || kept.some((line) => name.test(line))
  }
  for (const [name, value] of prologue.toReversed()) {
    const plain = name.replace("let ", "")
    if (mentions(plain)) kept.push(`${name === plain ? "const " : ""}${name} = ${value}`)
  }
  return [...kept.reverse(), ...body]
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

  /** A function; of what its prologue binds it keeps what the rest mentions: the engine inlines only short functions. */
  function(name: string, parameters: string, prologue: Prologue, ...first: ReadonlyArray<string>): string {
    return [`function ${name}(${parameters}) {`, ...first, ...bound(prologue, this.body()), "}"].join("\n")
  }
}

/** A string as a literal of generated code: the only way a user's text gets there. */
export const quote = (text: string): string =>
  JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")

/** A property of an object literal; computed for `__proto__`, which would otherwise set the prototype. */
export const property = (name: string, value: string): string =>
  name === "__proto__" ? `["__proto__"]: ${value}` : `${quote(name)}: ${value}`
