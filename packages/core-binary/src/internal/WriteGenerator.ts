/**
 * Generates the writer of a layout: straight-line code into the caller's bytes. A function gives the end position, -1 where
 * there is no room, or -2 where the value cannot be written.
 */
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { type Locals, Names, parameterOrder } from "./emitted.ts"
import { kindOf } from "./Kind.ts"
import type { Settings } from "./Settings.ts"
import { type Module, Source } from "./Source.ts"

/** `base` is where the message starts, `origin` where the target does. */
const parameters = "m, o, p, e, base, origin, little, depth"

const prologue = ["const view = m.view, bytes = m.bytes"]

export interface WriteSite {
  readonly little: string
  readonly scope: Owner | undefined
  /** Whether the code runs more than once, so that a check cannot wait behind it. */
  readonly repeated: boolean
}

/** The fields of a struct, and the checks that wait for its computed ones. */
export interface Owner extends Locals {
  readonly parent: Owner | undefined
  readonly waiting: Array<() => void>
}

export class WriteGenerator {
  readonly settings: Settings
  readonly module: Module
  private readonly names = new Names("write")
  source: Source
  /** The variable with the tag of the union written last. */
  lastTag: string | undefined
  /** The variable with the number of the enum written last. */
  lastNumber: string | undefined

  constructor(settings: Settings, module: Module) {
    this.settings = settings
    this.module = module
    this.source = new Source(module)
  }

  /** The name of the function that writes a node in a byte order; generated on first use, so that it may call itself. */
  function(node: Layout.Node, order: string): string {
    const little = parameterOrder(order)
    const [name, known] = this.names.of(node, little)
    if (known) return name
    const outer = this.source
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    if (min > 0) source.line(`if (e - p < ${min}) return -1`)
    this.write(node, "o", 0, { little, scope: undefined, repeated: false })
    source.line(`return ${source.at()}`)
    this.module.functions.push(source.function(name, parameters, prologue))
    this.source = outer
    return name
  }

  /** The writer of whole messages: the same code with the call's own positions, so that nothing is passed on. */
  root(node: Layout.Node): void {
    const source = (this.source = new Source(this.module))
    source.line(`if (e - p < ${bounds(node).min}) return -1`)
    if (this.module.outruns) source.line("last = -1")
    this.write(node, "o", 0, { little: "false", scope: undefined, repeated: false })
    source.flush()
    if (this.module.outruns) this.fail("last >= 0 && last !== p")
    if (bounds(node).max > this.settings.limits.maxBytes) this.fail(`p - base > ${this.settings.limits.maxBytes}`)
    source.line(`return p - origin`)
    this.module.functions.push(
      source.function("write", "o, target, start", [
        "const m = target === M.write.source ? M.write : R.writable(target)",
        ...prologue,
        "const origin = m.offset, base = origin + start, e = origin + target.length, depth = 0",
        "let p = base"
      ])
    )
  }

  write(node: Layout.Node, value: string, rest: number, site: WriteSite): void {
    kindOf(node).emitWrite(node, this, value, rest, site)
  }

  fail(condition: string): void {
    this.source.line(`if (${condition}) return -2`)
  }

  ensure(size: number): void {
    if (size > 0) this.source.line(`if (e - p < ${size + this.source.displacement}) return -1`)
  }

  room(size: string, rest: number): void {
    const least = rest + this.source.displacement
    this.source.line(`if (${size} > e - p${least === 0 ? "" : ` - ${least}`}) return -1`)
  }

  isRecord(value: string): void {
    this.fail(`typeof ${value} !== "object" || ${value} === null`)
  }

  /** A reader takes what stands before to be the last of the window. */
  mustEnd(): void {
    if (!this.module.outruns) return
    this.source.flush()
    this.source.line("if (last < 0) last = p")
  }

  /** A window of its own. */
  closed(body: () => void): void {
    if (!this.module.outruns) return body()
    const { source } = this
    const outer = source.bind("l", "last")
    source.line("last = -1")
    body()
    source.flush()
    this.fail("last >= 0 && last !== p")
    source.line(`last = ${outer}`)
  }

  /** Writes bytes whose length `n` is written and checked; the position is flushed. */
  copy(value: string, n: string): void {
    // A call into the platform costs more than a few bytes of copying.
    this.source.line(
      `if (${n} < 32) for (let i = 0; i < ${n}; i++) bytes[p + i] = ${value}[i]; else bytes.set(${value}, p)`
    )
    this.source.line(`p += ${n}`)
  }
}
