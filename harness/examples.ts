import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { format } from "node:util"
import { assert, describe, it } from "vitest"

interface Example {
  readonly title: string
  readonly code: string
}

const fence = /```ts\n([\s\S]*?)```/g

const examplesOf = (directory: string, file: string): Array<Example> => {
  const text = readFileSync(join(directory, file), "utf8")
  const found: Array<Example> = []
  if (file.endsWith(".md")) {
    for (const match of text.matchAll(fence)) found.push({ title: `${file} #${found.length + 1}`, code: match[1]! })
    return found
  }
  for (const comment of text.matchAll(/\/\*\*([\s\S]*?)\*\//g)) {
    const body = comment[1]!.replaceAll(/^[ \t]*\* ?/gm, "")
    for (const match of body.matchAll(fence)) found.push({ title: `${file} #${found.length + 1}`, code: match[1]! })
  }
  return found
}

/**
 * Declares one test for every TypeScript example of the package in `directory`: those of its README (or of another, named
 * from there) and those of its docstrings. An example is run as a module; what it prints must equal, line by line, what its `// => ` comments say.
 */
export const examples = (directory: string, readme = "README.md"): void => {
  // A directory of its own: other tests write beside it at the same time.
  const out = join(directory, ".examples", "docs")
  rmSync(out, { recursive: true, force: true })
  const files = [...globSync(readme, { cwd: directory }), ...globSync("src/**/*.ts", { cwd: directory }).sort()]
  describe("examples", () => {
    let index = 0
    for (const file of files) {
      for (const example of examplesOf(directory, file)) {
        const path = join(out, `${index++}.ts`)
        it(example.title, async () => {
          mkdirSync(out, { recursive: true })
          writeFileSync(path, example.code)
          const printed: Array<string> = []
          const log = console.log
          console.log = (...values: Array<unknown>) => {
            printed.push(...format(...values).split("\n"))
          }
          try {
            await import(/* @vite-ignore */ pathToFileURL(path).href)
          } finally {
            console.log = log
          }
          const promised = [...example.code.matchAll(/\/\/ => (.*)$/gm)].map((match) => match[1]!)
          assert.deepStrictEqual(printed, promised, relative(directory, path))
        })
      }
    }
  })
}
