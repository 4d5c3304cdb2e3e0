/**
 * Generates the reader of a layout: straight-line code that carries no path and throws nothing. One check at the entry and
 * one for each length establish that what is read is there.
 */
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { type Locals, positions } from "./emitted.ts"
import { kindOf } from "./Kind.ts"
import type { Settings } from "./Settings.ts"
import { type Module, Source } from "./Source.ts"

/** `m` is the memory, `p` the position, `e` the end of the window, `base` and `last` the message's bounds, `origin` the input's start: all absolute. */
export const parameters = "m, p, e, base, last, origin, little, depth"

/** What a call of `source, start, end` starts with. */
export const opening = ["let m = M.read", "if (m.source !== source) m = R.readable(source)"]

export interface ReadSite {
  readonly end: string
  readonly little: string
  readonly scope: Locals | undefined
}

export class ReadGenerator {
  readonly settings: Settings
  readonly module: Module
  source: Source
  /** The variable with the tag of the union read last. */
  lastTag: string | undefined
  /** The variables with the numbers of enums, by those with their names. */
  readonly numbers = new Map<string, string>()

  constructor(settings: Settings, module: Module) {
    this.settings = settings
    this.module = module
    this.source = new Source(module)
  }

  /** The reader of whole messages. */
  root(node: Layout.Node): void {
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    source.line(
      `if (end - start > ${this.settings.limits.maxBytes}${min > 0 ? ` || end - start < ${min}` : ""}) return X`
    )
    const value = this.read(node, 0, { end: "e", little: "false", scope: undefined })
    if (this.module.pointers) source.lines.unshift("pointers = pointed = 0")
    source.line(`if (part) R.cursor.next = ${source.at()} - origin`)
    source.line(`else if (${source.at()} !== e) return X`)
    source.line(`return ${value}`)
    this.module.functions.push(source.function("read", "source, start, end, part", positions, opening))
  }

  read(node: Layout.Node, rest: number, site: ReadSite): string {
    return kindOf(node).emitRead(node, this, rest, site)
  }

  /** Passes over a node, checking what lengths announce. */
  skip(node: Layout.Node, rest: number, site: ReadSite): void {
    const { max, min } = bounds(node)
    const kind = kindOf(node)
    if (min === max && kind.eager !== true) this.source.displacement += min
    else if (kind.emitSkip?.(node, this, rest, site) !== true) void this.read(node, rest, site)
  }

  fail(condition: string): void {
    this.source.line(`if (${condition}) return X`)
  }

  /** Re-establishes the invariant where nothing before has. */
  ensure(size: number, site: Pick<ReadSite, "end">): void {
    if (size > 0) this.fail(`${site.end} - p < ${size + this.source.displacement}`)
  }
}
