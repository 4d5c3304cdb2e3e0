/**
 * Generates the writer of a layout: straight-line code into the caller's bytes. A function gives the end position, -1 where
 * there is no room, or -2 where the value cannot be written.
 */
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { type Locals, positions } from "./emitted.ts"
import { kindOf } from "./Kind.ts"
import type { Settings } from "./Settings.ts"
import { type Module, Source } from "./Source.ts"

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

  /** The writer of whole messages. */
  root(node: Layout.Node): void {
    const source = (this.source = new Source(this.module))
    source.line(`if (e - p < ${bounds(node).min}) return -1`)
    if (this.module.outruns) source.line("tail = -1")
    this.write(node, "o", 0, { little: "false", scope: undefined, repeated: false })
    source.flush()
    if (this.module.outruns) this.fail("tail >= 0 && tail !== p")
    if (bounds(node).max > this.settings.limits.maxBytes) this.fail(`p - base > ${this.settings.limits.maxBytes}`)
    source.line(`return p - origin`)
    this.module.functions.push(
      source.function(
        "write",
        "o, target, start",
        ["const end = target.length", ...positions],
        ["let m = M.write", "if (m.source !== target) m = R.writable(target)"]
      )
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
}
