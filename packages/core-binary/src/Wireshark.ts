/**
 * A layout as a Wireshark dissector in Lua.
 *
 * @since 0.1.0
 */
import type { Export } from "./Export.ts"
import { luaString, prelude } from "./internal/lua.ts"
import { LuaNodes, sizePrefix } from "./internal/luaNodes.ts"
import type { Layout } from "./Layout.ts"

/**
 * What the dissector is called (`name`: the prefix of its display filters, lower-case letters, digits and `_`; `title`: what the
 * packet list shows), and where it applies: `ports` of `transport`, TCP unless said otherwise. Where `response` is given, what
 * comes from one of the ports is read as it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly name: string
  readonly title?: string | undefined
  readonly transport?: "tcp" | "udp" | undefined
  readonly ports?: ReadonlyArray<number> | undefined
  readonly response?: Layout<unknown> | undefined
}

/** How one stream of messages is cut: by the size in front where there is one, otherwise by trying. */
const cut = (layout: Layout<unknown>, dissect: string, transport: string): string => {
  const found = transport === "tcp" ? sizePrefix(layout) : undefined
  if (found === undefined) return `each(tvb, pinfo, tree, ${dissect}, ${transport === "tcp"})`
  const size = found.prefix.bits / 8
  const read = `integer(nil, tvb(offset, ${size}), ${size}, ${found.prefix.signed}, ${found.little})`
  return `dissect_tcp_pdus(tvb, tree, ${size}, function(tvb, pinfo, offset)
    return math.max(${size}, ${size} - ${found.plus} + ${read})
  end, function(tvb, pinfo, tree)
    each(tvb, pinfo, tree, ${dissect}, false)
    return tvb:len()
  end)`
}

/**
 * Writes a dissector, for Wireshark 3.6 and later: `wireshark -X lua_script:name.lua`, or put it into the folder of personal Lua
 * plugins. It puts TCP segments together, shows each field with the bytes it stands in, and marks what is malformed.
 *
 * **Gotchas**
 *
 * Computed fields and checksums are shown and not verified; the notes say what else.
 *
 * @category exporters
 * @since 0.1.0
 */
export const dissector = (layout: Layout<unknown>, options: Options): Export => {
  const { name, ports = [], response, title = name, transport = "tcp" } = options
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error(`a dissector's name has lower-case letters, digits and _, unlike ${name}`)
  const nodes = new LuaNodes(name)
  const root = nodes.of(layout.node)
  const back = response === undefined ? undefined : nodes.of(response.node)
  const lines = [`-- ${title.replaceAll(/[\r\n]/g, " ")}: a dissector made from a layout. Do not edit.`]
  for (const { note, path } of nodes.notes) lines.push(`-- note: ${JSON.stringify(path).slice(1, -1)}: ${note}`)
  lines.push("", prelude)
  lines.push(`local protocol = Proto(${luaString(name)}, ${luaString(title)})`)
  lines.push(
    `F.warning = ProtoExpert.new("${name}.malformed", "Malformed", expert.group.MALFORMED, expert.severity.WARN)`
  )
  lines.push(`F.unread = ProtoField.bytes("${name}.unread", "unread")`)
  nodes.fields.forEach((field, index) => lines.push(`F[${index + 1}] = ${field}`))
  lines.push(`protocol.fields = { F.unread, ${nodes.fields.map((_, index) => `F[${index + 1}]`).join(", ")} }`)
  lines.push("protocol.experts = { F.warning }", "", nodes.functions.join("\n\n"), "")
  lines.push(`local function each(tvb, pinfo, tree, read, more)
  local p = 0
  while p < tvb:len() do
    local item = tree:add(protocol, tvb(p, tvb:len() - p))
    local c = { tvb = tvb, p = p, e = tvb:len(), base = p, last = tvb:len(), little = false, depth = 0 }
    local done, problem = pcall(read, c, item)
    if not done then
      if type(problem) ~= "table" then error(problem, 0) end
      if problem.more and more and pinfo.can_desegment > 0 then
        pinfo.desegment_offset = p
        pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
        return
      end
      warn(item, problem.reason)
      return
    end
    if c.p == p then return end
    item:set_len(c.p - p)
    p = c.p
  end
end
`)
  lines.push("function protocol.dissector(tvb, pinfo, tree)", `  pinfo.cols.protocol = protocol.name`)
  if (back !== undefined) {
    const from = ports.map((port) => `pinfo.src_port == ${port}`).join(" or ")
    lines.push(
      `  if ${from === "" ? "false" : from} then`,
      `    ${cut(response!, back, transport)}`,
      "    return",
      "  end"
    )
  }
  lines.push(`  ${cut(layout, root, transport)}`, "end", "")
  lines.push(`local ports = DissectorTable.get("${transport}.port")`)
  for (const port of ports) lines.push(`ports:add(${port}, protocol)`)
  if (ports.length === 0) lines.push("ports:add_for_decode_as(protocol)")
  return { text: `${lines.join("\n")}\n`, notes: nodes.notes }
}
