/**
 * Python literals, as far as NPY headers use them: strings, integers, booleans, None, tuples, lists and dictionaries.
 * Nothing is evaluated; every other token is a syntax error at its position.
 */

export class Tuple {
  readonly items: ReadonlyArray<Literal>
  constructor(items: ReadonlyArray<Literal>) {
    this.items = items
  }
}

export type Literal = string | number | boolean | null | Tuple | ReadonlyArray<Literal> | ReadonlyMap<string, Literal>

/** What stopped the parser, and at which UTF-16 unit of the text. */
export class LiteralError {
  readonly detail: string
  readonly at: number
  readonly depth: number | undefined
  constructor(detail: string, at: number, depth?: number) {
    this.detail = detail
    this.at = at
    this.depth = depth
  }
}

const escapes: Record<string, string> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v"
}

const escape = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/y
const integer =
  /[+-]?(0[xX](?:_?[\da-fA-F]){1,20}|0[oO](?:_?[0-7]){1,30}|0[bB](?:_?[01]){1,80}|[1-9](?:_?\d){0,30}|0(?:_?0)*)(L?)(?![\w.])/y
/** White space, comments, and lines that a backslash joins. */
const space = /(?:[ \n\t\r\f]|#[^\n]*|\\\r?\n)*/y
const word = /[A-Za-z_]\w{0,20}/y

class Parser {
  readonly text: string
  readonly maxDepth: number
  readonly longs: boolean
  at = 0
  constructor(text: string, maxDepth: number, longs: boolean) {
    this.text = text
    this.maxDepth = maxDepth
    this.longs = longs
  }

  fail(detail: string): never {
    throw new LiteralError(detail, this.at)
  }

  /** Skips what is between tokens and returns the character after it; the empty string at the end. */
  peek(): string {
    const { text } = this
    const code = text.charCodeAt(this.at)
    if (code <= 32 || code === 35 || code === 92) {
      space.lastIndex = this.at
      this.at += space.exec(text)![0].length
    }
    return text.charAt(this.at)
  }

  expect(character: string): void {
    if (this.peek() !== character) this.fail(`expected ${character}`)
    this.at++
  }

  value(depth: number): Literal {
    const character = this.peek()
    switch (character) {
      case "'":
      case '"':
        return this.strings()
      case "(": {
        const [items, comma] = this.items(")", depth)
        return items.length === 1 && !comma ? items[0]! : new Tuple(items)
      }
      case "[":
        return this.items("]", depth)[0]
      case "{":
        return this.dictionary(depth)
      default:
        return this.scalar(character)
    }
  }

  scalar(character: string): Literal {
    integer.lastIndex = this.at
    const number = integer.exec(this.text)
    if (number !== null && (this.longs || number[2] === "")) {
      this.at = integer.lastIndex
      const value = Number(number[1]!.replaceAll("_", ""))
      return character === "-" ? -value : value
    }
    word.lastIndex = this.at
    const name = word.exec(this.text)?.[0]
    if ((name === "u" || name === "U") && /^['"]$/.test(this.text.charAt(this.at + 1))) {
      this.at++
      return this.strings()
    }
    if (name !== "True" && name !== "False" && name !== "None") return this.fail("expected a literal")
    this.at += name.length
    return name === "None" ? null : name === "True"
  }

  /** One string, or several side by side, which Python joins. */
  strings(): string {
    let joined = this.string()
    for (let next = this.peek(); next === "'" || next === '"'; next = this.peek()) joined += this.string()
    return joined
  }

  string(): string {
    const { text } = this
    const quote = text.charAt(this.at)
    let string = ""
    let from = ++this.at
    for (;;) {
      const character = text.charAt(this.at)
      if (character === "" || character === "\n") this.fail("a string does not end")
      if (character === quote) {
        string += text.slice(from, this.at++)
        return string
      }
      if (character !== "\\") {
        this.at++
        continue
      }
      string += text.slice(from, this.at)
      escape.lastIndex = this.at
      const found = escape.exec(text)
      if (found === null) this.fail("a string does not end")
      const [all, octal, hex2, hex4, hex8, single] = found!
      if (single !== undefined && "xuUN".includes(single)) this.fail(`the escape ${all} is not complete`)
      const code = octal === undefined ? Number.parseInt((hex2 ?? hex4 ?? hex8)!, 16) : Number.parseInt(octal, 8)
      if (code > 0x10ffff) this.fail(`${all} is beyond Unicode`)
      string += single === undefined ? String.fromCodePoint(code) : (escapes[single] ?? all)
      this.at += all.length
      from = this.at
    }
  }

  items(close: string, depth: number): readonly [items: ReadonlyArray<Literal>, comma: boolean] {
    this.enter(depth)
    const items: Array<Literal> = []
    let comma = true
    while (this.peek() !== close) {
      if (!comma) this.fail(`expected , or ${close}`)
      items.push(this.value(depth + 1))
      comma = this.peek() === ","
      if (comma) this.at++
    }
    this.at++
    return [items, comma]
  }

  dictionary(depth: number): ReadonlyMap<string, Literal> {
    this.enter(depth)
    const entries = new Map<string, Literal>()
    let comma = true
    while (this.peek() !== "}") {
      if (!comma) this.fail("expected , or }")
      const start = this.at
      const key = this.value(depth + 1)
      if (typeof key !== "string") throw new LiteralError("expected a string as key", start)
      this.expect(":")
      entries.set(key, this.value(depth + 1))
      comma = this.peek() === ","
      if (comma) this.at++
    }
    this.at++
    return entries
  }

  enter(depth: number): void {
    if (depth > this.maxDepth) throw new LiteralError("nested too deeply", this.at, depth)
    this.at++
  }
}

/** The literal that is all of `text`; with `longs`, ints may end in the `L` of Python 2. */
export const parse = (text: string, maxDepth: number, longs: boolean): Literal | LiteralError => {
  const parser = new Parser(text, maxDepth, longs)
  try {
    const literal = parser.value(1)
    return parser.peek() === "" ? literal : new LiteralError("expected the end", parser.at)
  } catch (error) {
    return error as LiteralError
  }
}

const named: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const hexadecimal = (code: number, digits: number): string => code.toString(16).padStart(digits, "0")

/** A string as Python's `repr` writes it: printable characters stay, others are escaped. */
export const reprString = (string: string): string => {
  if (/^[\w<>=|[\]-]*$/.test(string)) return `'${string}'`
  const quote = string.includes("'") && !string.includes('"') ? '"' : "'"
  let text = quote
  for (const character of string) {
    const code = character.codePointAt(0)!
    if (named[character] !== undefined) text += named[character]
    else if (character === quote) text += `\\${quote}`
    else if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) text += character
    else if (code < 0x100) text += `\\x${hexadecimal(code, 2)}`
    else text += code < 0x10000 ? `\\u${hexadecimal(code, 4)}` : `\\U${hexadecimal(code, 8)}`
  }
  return text + quote
}

/** A tuple of integers as Python writes it: `()`, `(2,)`, `(2, 3)`. */
export const reprShape = (shape: ReadonlyArray<number>): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`
