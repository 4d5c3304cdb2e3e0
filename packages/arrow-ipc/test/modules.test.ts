/** How the modules of `src` refer to each other. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const source = fileURLToPath(new URL("../src/", import.meta.url))
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(source, name))

/** The modules that a text imports or exports from, types included. */
const importsOf = (text: string, file: string): ReadonlyArray<string> =>
  [...text.matchAll(/^(?:import|export|\}).*? from "(\.[^"]+)"$/gm)].map((match) => resolve(dirname(file), match[1]!))

const graph = new Map(files.map((file) => [file, importsOf(readFileSync(file, "utf8"), file)]))

/** A way from a module back to itself, if there is one. */
const cycleOf = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<string> | undefined => {
  const done = new Set<string>()
  const visit = (file: string, way: ReadonlyArray<string>): ReadonlyArray<string> | undefined => {
    const at = way.indexOf(file)
    if (at >= 0) return [...way.slice(at), file]
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...way, file])
      if (found !== undefined) return found
    }
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const found = visit(file, [])
    if (found !== undefined) return found
  }
  return undefined
}

describe("the modules", () => {
  it("form no cycle, types included", () => {
    const cycle = cycleOf(graph)?.map((file) => relative(source, file))
    assert.isUndefined(cycle, cycle?.join(" -> "))
  })

  it("are all reached: each import leads to a module", () => {
    for (const [file, imports] of graph) for (const next of imports) assert.isTrue(graph.has(next), `${file}: ${next}`)
    assert.isAbove([...graph.values()].flat().length, 200)
  })

  it("would be found in a cycle", () => {
    const cycle = { a: ["b"], b: ["c", "d"], c: [], d: ["b"] }
    assert.deepStrictEqual(cycleOf(new Map(Object.entries(cycle))), ["b", "d", "b"])
    const text = 'import {\n  type A,\n  b\n} from "./b.ts"\nexport type { C } from "../c.ts"\n'
    assert.deepStrictEqual(importsOf(text, "/x/y/a.ts"), ["/x/y/b.ts", "/x/c.ts"])
  })

  it("do not import Node, but for its codecs", () => {
    const users = files.filter((file) => /from "node:/.test(readFileSync(file, "utf8").replace(/^ \*.*$/gm, "")))
    assert.deepStrictEqual(
      users.map((file) => relative(source, file)),
      ["NodeCodecs.ts"]
    )
  })
})
