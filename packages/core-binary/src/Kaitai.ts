/**
 * A layout as a Kaitai Struct description.
 *
 * @since 0.1.0
 */
import type { Export } from "./Export.ts"
import { yamlLines } from "./internal/ksy.ts"
import { KsyNodes } from "./internal/ksyNodes.ts"
import type { Layout } from "./Layout.ts"

/**
 * What the description is called: `id` names its file and its root type, in lower-case letters, digits and `_`; `title` is
 * shown to people.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly id: string
  readonly title?: string | undefined
}

/**
 * Writes a `.ksy` file, for the Kaitai Struct compiler 0.11 and later, which makes readers in other languages of it.
 *
 * **Details**
 *
 * Names become ids in snake case, the original beside them (`-orig-id`). What is not a struct stands in a field `value`; a length,
 * a tag or a presence in front of a field `x` is `x_length`, `x_tag` or `x_present`. Byte orders, constants, closed enumerations,
 * bounds of lengths and tags without a case are checked as the layout says; the notes say what is not. Limits on sizes and depths
 * have no counterpart.
 *
 * **Gotchas**
 *
 * What Kaitai cannot express is left as bytes, with what follows it where its size is not fixed. Throws where `id` is not one.
 *
 * **Example** (A record)
 *
 * ```ts
 * import { Binary, Kaitai } from "@bytewright/core-binary"
 *
 * const layout = Binary.Struct({ apiKey: Binary.Uint16, body: Binary.Bytes(Binary.Uint8) })
 * console.log(Kaitai.ksy(layout, { id: "record" }).text)
 * // => meta:
 * // =>   id: "record"
 * // =>   ks-version: "0.11"
 * // => seq:
 * // =>   - id: "api_key"
 * // =>     -orig-id: "apiKey"
 * // =>     type: "u2be"
 * // =>   - id: "body_length"
 * // =>     type: "u1"
 * // =>   - id: "body"
 * // =>     size: "body_length"
 * ```
 *
 * @category exporters
 * @since 0.1.0
 */
export const ksy = (layout: Layout<unknown>, options: Options): Export => {
  const { id, title } = options
  if (!/^[a-z][a-z0-9_]*$/.test(id))
    throw new Error(`the id of a description has lower-case letters, digits and _, unlike ${id}`)
  const { enums, notes, root } = new KsyNodes(id, layout.node)
  const { meta, ...rest } = root.toYaml()
  const lines = notes.map(({ note, path }) => `# note: ${JSON.stringify(path).slice(1, -1)}: ${note}`)
  const head = { id, title, "ks-version": "0.11", ...(meta as object | undefined) }
  const names = Object.keys(enums).length === 0 ? undefined : enums
  return { text: [...lines, ...yamlLines({ meta: head, ...rest, enums: names })].join("\n"), notes }
}
