/** Where the slow pass of reading stands: its faults, its rows, and the lengths that it checks. */
import type * as Layout from "../Layout.ts"
import { DecodeError, type DecodeReason, makeDecodeError } from "../BinaryError.ts"
import { type Expr } from "../Expr.ts"
import type { TraceSettings as Settings } from "./Settings.ts"
import type { Row } from "./Trace.ts"
import { invalid } from "./invalid.ts"
import { readBigInt, readNumber } from "./integer.ts"
import { typeName } from "./Kind.ts"
import { cursor } from "./memory.ts"
import { encodingOf } from "./node/Text.ts"
import { plural } from "./Reader.ts"
import { type Scope, evaluateIn } from "./scope.ts"
import { find } from "./spans.ts"
import { readVarint } from "./varint.ts"

export type Invalid = typeof invalid

/** The state of the slow pass; `WalkRead` reads the nodes. */
export abstract class WalkTrace {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly settings: Settings
  readonly rows: Array<Row> | undefined
  readonly path: Array<string | number> = []
  base: number
  p: number
  end: number
  messageEnd: number
  little = false
  /** Whether what is read now is the content of a lazy window. */
  later = false
  depth = 0
  pointers = 0
  pointed = 0
  fault: DecodeError | undefined

  constructor(bytes: Uint8Array, start: number, settings: Settings, rows?: Array<Row>) {
    // Plain ones: what a Node buffer slices is no copy.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.settings = settings
    this.rows = rows
    this.base = start
    this.p = start
    this.end = bytes.length
    this.messageEnd = bytes.length
  }

  /** Reads one message and nothing behind it. */
  message(node: Layout.Node): unknown {
    const value = this.partial(node)
    if (value !== invalid && this.p < this.end) return this.trailing(value)
    return value
  }

  /** Reads one message; more may follow. */
  partial(node: Layout.Node): unknown {
    if (this.end - this.p > this.settings.limits.maxBytes) {
      return this.fail(
        "LimitExceeded",
        this.p,
        `at most ${plural(this.settings.limits.maxBytes, "byte")}`,
        String(this.end - this.p)
      )
    }
    const value = this.read(node, undefined)
    if (value === invalid) this.unread(this.end)
    return value
  }

  protected trailing(value: unknown): unknown {
    const extra = this.end - this.p
    const error = this.error("TrailingBytes", this.p, "the end", `${plural(extra, "more byte")}`)
    if (this.rows === undefined) return invalid
    this.unread(this.end, error)
    return value
  }

  protected unread(to: number, error?: DecodeError): void {
    if (this.rows === undefined || to <= this.p) return
    this.row(undefined, "unread", this.p, to - this.p, undefined, error)
    this.p = to
  }

  protected error(reason: DecodeReason, offset: number, expected: string, actual: string): DecodeError {
    const error = makeDecodeError(this.bytes, reason, offset, [...this.path], expected, actual)
    this.fault ??= error
    return error
  }

  /** A fault behind which nothing can be read. `row` is that of the number at fault, where there is one. */
  protected fail(
    reason: DecodeReason,
    offset: number,
    expected: string,
    actual: string,
    node?: Layout.Node,
    row?: Row
  ): Invalid {
    const error = this.error(reason, offset, expected, actual)
    if (row !== undefined) row.error = error
    else this.row(node, "value", offset, 0, undefined, error)
    return invalid
  }

  /** A fault after which a trace goes on: `true` where the caller must stop. */
  protected flag(
    reason: DecodeReason,
    offset: number,
    expected: string,
    actual: string,
    row: Row | undefined
  ): boolean {
    const error = this.error(reason, offset, expected, actual)
    if (this.rows === undefined) return true
    // The first fault of a field is the one that explains the others.
    if (row !== undefined) row.error ??= error
    else this.row(undefined, "value", offset, 0, undefined, error)
    return false
  }

  protected row(
    node: Layout.Node | undefined,
    role: Row["role"],
    offset: number,
    size: number,
    value: unknown,
    error?: DecodeError
  ): Row | undefined {
    if (this.rows === undefined) return undefined
    const row: Row = {
      offset,
      size,
      node,
      role,
      path: [...this.path],
      value,
      error,
      little: this.little,
      later: this.later
    }
    this.rows.push(row)
    return row
  }

  protected need(size: number, node: Layout.Node): boolean {
    if (size <= this.end - this.p) return true
    this.fail("UnexpectedEnd", this.p, `${plural(size, "byte")} (${typeName(node)})`, `${this.end - this.p} left`, node)
    return false
  }

  protected evaluate(expr: Expr, scope: Scope | undefined): number | boolean | Invalid {
    return evaluateIn(expr, scope, this.base, this.end - this.p) as number | boolean | Invalid
  }

  protected isLittle(endian: Layout.Endian): boolean {
    return endian === "inherit" ? this.little : endian === "little"
  }

  protected whole(node: Layout.Int | Layout.Varint, role: Row["role"], owner: Layout.Node): number | bigint | Invalid {
    const start = this.p
    if (node._tag === "Varint") {
      const read = readVarint(this.bytes, this.p, this.end, node)
      if (typeof read === "string")
        return this.fail(read, start, `a ${node.encoding} of at most ${node.bits} bits`, "other bytes", owner)
      this.p = cursor.next
      this.row(owner, role, start, this.p - start, read)
      return read
    }
    const size = node.bits / 8
    if (!this.need(size, node)) return invalid
    const little = this.isLittle(node.endian)
    const value =
      node.type === "bigint"
        ? readBigInt(this.view, start, size, node.signed, little)
        : readNumber(this.view, start, size, node.signed, little)
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      const exact = readBigInt(this.view, start, size, node.signed, little)
      const row = this.row(owner, role, start, size, exact)
      this.p += size
      return this.fail("OutOfRange", start, "a safe integer", String(exact), owner, row)
    }
    this.p += size
    this.row(owner, role, start, size, value)
    return value
  }

  /** Reads a length; gives the count, `null` for an absent value. The unit's least size bounds what can be there. */
  protected count(
    length: Extract<Layout.Length, { _tag: "Fixed" | "Prefixed" | "Computed" }>,
    unit: number,
    name: string,
    owner: Layout.Node,
    scope: Scope | undefined
  ): number | null | Invalid {
    const start = this.p
    let n: number
    let row: Row | undefined
    if (length._tag === "Fixed") n = length.value
    else if (length._tag === "Prefixed") {
      const raw = this.whole(length.prefix, "length", owner)
      if (raw === invalid) return invalid
      row = this.rows?.at(-1)
      if (length.absent !== undefined && Number(raw) === length.absent) return null
      n = Number(raw) - length.plus
      if (n < length.min || n > length.max) {
        const most = length.max === Infinity ? "" : ` to ${length.max}`
        return this.fail(
          "InvalidLength",
          start,
          `a length of ${length.min}${most === "" ? " or more" : most}`,
          String(n),
          owner,
          row
        )
      }
    } else {
      const computed = this.evaluate(length.expr, scope)
      n = computed === invalid ? NaN : Number(computed)
      if (!(Number.isInteger(n) && n >= 0)) {
        return this.fail("InvalidLength", start, "a length of 0 or more", String(n), owner)
      }
    }
    if (name === "element" && n > this.settings.limits.maxElements) {
      return this.fail(
        "LimitExceeded",
        start,
        `at most ${plural(this.settings.limits.maxElements, "element")}`,
        String(n),
        owner,
        row
      )
    }
    if (n * unit > this.end - this.p) {
      if (length._tag === "Fixed") {
        return this.fail(
          "UnexpectedEnd",
          start,
          `${plural(n, name)} (${typeName(owner)})`,
          `${this.end - this.p} bytes left`,
          owner
        )
      }
      return this.fail(
        "InvalidLength",
        start,
        `a length within the ${plural(this.end - this.p, "byte")} left`,
        String(n),
        owner,
        row
      )
    }
    return n
  }

  /** Where a byte-sized content ends; `null` for an absent value. */
  protected extent(length: Layout.Length, owner: Layout.Node, scope: Scope | undefined): number | null | Invalid {
    if (length._tag === "Rest") return this.end
    if (length._tag === "Terminated") {
      const found = find(
        this.bytes,
        length.terminator,
        this.p,
        this.end,
        owner._tag === "Text" ? encodingOf(owner).unit : 1
      )
      return found >= 0
        ? found
        : this.fail(
            "MissingTerminator",
            this.p,
            typeName(owner),
            `none in the ${plural(this.end - this.p, "byte")} left`,
            owner
          )
    }
    const n = this.count(length, 1, "byte", owner, scope)
    return typeof n === "number" ? this.p + n : n
  }

  protected terminator(length: Layout.Length, owner: Layout.Node): void {
    if (length._tag !== "Terminated") return
    this.row(owner, "terminator", this.p, length.terminator.length, undefined)
    this.p += length.terminator.length
  }

  protected abstract read(node: Layout.Node, scope: Scope | undefined): unknown
}
