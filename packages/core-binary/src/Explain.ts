/**
 * What bytes mean under a layout: one row a field, with offset, size, type, path, value and hex.
 *
 * **Details**
 *
 * It reads with the slow pass, which goes on after a fault where it can: behind a constant, checksum, computed field, enum or
 * text that is wrong, and behind a window whose content is. Every fault is on the row of its field. Lazy windows are read.
 *
 * @since 0.1.0
 */
import { identity } from "effect/Function"
import { type DecodeError, formatPath } from "./BinaryError.ts"
import { display, escapeHtml, hexBytes, rowType } from "./internal/explainRow.ts"
import type { TraceSettings as Settings } from "./internal/Settings.ts"
import type { Row as TraceRow } from "./internal/Trace.ts"
import { WalkRead } from "./internal/walkRead.ts"
import type { Layout } from "./Layout.ts"
import { defaultLimits, type Limits } from "./Limits.ts"

/**
 * Where the message starts in the bytes (0 unless said otherwise), and bounds on untrusted input.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly offset?: number | undefined
  readonly limits?: Partial<Limits> | undefined
}

/**
 * What a row is about: a `field`; a `group` of the rows below it (a struct, an array); a `length`, `tag` or `presence` number
 * that stands before its field; a `terminator` behind it; or `unread` bytes.
 *
 * @category models
 * @since 0.1.0
 */
export type Role = "field" | "group" | "length" | "tag" | "presence" | "terminator" | "unread"

/**
 * One field. `offset` and `size` are in bytes; `depth` is how deep `path` is; `value` is a text for people; `hex` gives the
 * bytes, at most the first 16 of them; `error` is what is wrong with it. A group has no hex.
 *
 * @category models
 * @since 0.1.0
 */
export interface Row {
  readonly offset: number
  readonly size: number
  readonly type: string
  readonly role: Role
  readonly path: string
  readonly depth: number
  readonly value: string
  readonly hex: string
  readonly error: DecodeError | undefined
}

/**
 * The rows of a message, and its first fault.
 *
 * @category models
 * @since 0.1.0
 */
export interface Explanation {
  readonly rows: ReadonlyArray<Row>
  readonly error: DecodeError | undefined
}

const rowOf = (bytes: Uint8Array, row: TraceRow): Row => {
  const group = row.role === "value" && (row.node?._tag === "Struct" || row.node?._tag === "Array")
  return {
    offset: row.offset,
    size: row.size,
    type: rowType(row),
    role: row.role === "value" ? (group ? "group" : "field") : row.role,
    path: formatPath(row.path),
    depth: row.path.length,
    value: display(row),
    hex: group ? "" : hexBytes(bytes, row.offset, row.size),
    error: row.error
  }
}

/**
 * Explains the bytes from `offset` to their end as one message. It never fails: a fault is on the row of its field.
 *
 * **Example** (A length that announces too much)
 *
 * ```ts
 * import { Binary, Explain } from "@bytewright/core-binary"
 *
 * const layout = Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) })
 * const { error } = Explain.explain(layout, Uint8Array.of(1, 2, 9, 65))
 * console.log(error?.message)
 * // => name: InvalidLength at byte 2: expected a length within the 1 byte left, got 9 | 01 02>09 41
 * ```
 *
 * @category interpreters
 * @since 0.1.0
 */
export const explain = (layout: Layout<unknown>, bytes: Uint8Array, options?: Options): Explanation => {
  const settings: Settings = {
    limits: { ...defaultLimits, ...options?.limits },
    copy: false,
    lazy: identity
  }
  const rows: Array<TraceRow> = []
  const walk = new WalkRead(bytes, options?.offset ?? 0, settings, rows)
  walk.message(layout.node)
  return { rows: rows.map((row) => rowOf(bytes, row)), error: walk.fault }
}

const columns = ["offset", "size", "type", "path", "value", "hex"] as const

const cells = (row: Row): ReadonlyArray<string> => [
  row.offset.toString(16).padStart(8, "0"),
  String(row.size),
  row.type,
  row.path,
  row.value,
  row.hex
]

const complaint = ({ actual, expected, reason }: DecodeError): string =>
  `${reason._tag}: expected ${expected}, got ${actual}`

/**
 * An explanation as a table of text: offset (hexadecimal), size, type, path, value, hex. A row with a fault starts with `!`
 * and has the fault below it.
 *
 * @category renderers
 * @since 0.1.0
 */
export const toText = (explanation: Explanation): string => {
  const table = [columns, ...explanation.rows.map(cells)]
  const widths = columns.map((_, column) => Math.max(...table.map((line) => line[column]!.length)))
  const lines: Array<string> = []
  table.forEach((line, index) => {
    const row = explanation.rows[index - 1]
    const padded = line.map((cell, column) =>
      column === 1 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)
    )
    lines.push(`${row?.error === undefined ? " " : "!"} ${padded.join("  ")}`.trimEnd())
    if (row?.error !== undefined) lines.push(`  ${" ".repeat(8)}  ${complaint(row.error)}`)
  })
  return lines.join("\n")
}

/**
 * An explanation as JSON: the rows, and for a fault its reason, expected and actual.
 *
 * @category models
 * @since 0.1.0
 */
export interface Json {
  readonly error: JsonError | null
  readonly rows: ReadonlyArray<Omit<Row, "error"> & { readonly error: JsonError | null }>
}

/**
 * A fault as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonError {
  readonly reason: string
  readonly offset: number
  readonly path: string
  readonly expected: string
  readonly actual: string
}

const jsonError = (error: DecodeError | undefined): JsonError | null =>
  error === undefined
    ? null
    : {
        reason: error.reason._tag,
        offset: error.offset,
        path: formatPath(error.path),
        expected: error.expected,
        actual: error.actual
      }

/**
 * An explanation as an object that `JSON.stringify` takes.
 *
 * @category renderers
 * @since 0.1.0
 */
export const toJson = (explanation: Explanation): Json => ({
  error: jsonError(explanation.error),
  rows: explanation.rows.map((row) => ({ ...row, error: jsonError(row.error) }))
})

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:1rem}
table{border-collapse:collapse;font-family:ui-monospace,monospace;font-size:13px}
th,td{text-align:left;padding:.1rem .8rem .1rem 0;vertical-align:top;white-space:pre-wrap}
th{border-bottom:1px solid #888}.size{text-align:right}.group,.unread{color:#888}.fault{color:#c00;font-weight:600}`

/**
 * An explanation as an HTML document that needs nothing else. Everything that comes from the layout or from the bytes is escaped.
 *
 * @category renderers
 * @since 0.1.0
 */
export const toHtml = (explanation: Explanation, options?: { readonly title?: string | undefined }): string => {
  const title = escapeHtml(options?.title ?? "Bytes explained")
  const body = explanation.rows.map((row) => {
    const line = cells(row)
      .map((cell, column) => `<td class="${columns[column]}">${escapeHtml(cell)}</td>`)
      .join("")
    const fault =
      row.error === undefined
        ? ""
        : `\n<tr class="fault"><td></td><td colspan="5">${escapeHtml(complaint(row.error))}</td></tr>`
    return `<tr class="${row.error === undefined ? row.role : "fault"}">${line}</tr>${fault}`
  })
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title><style>
${style}
</style></head>
<body>
<h1>${title}</h1>
<table>
<thead><tr>${columns.map((column) => `<th class="${column}">${column}</th>`).join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>
</body>
</html>
`
}
