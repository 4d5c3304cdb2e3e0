/** Makes plain objects of columns of values: generated code where the platform allows it, a loop where not. */
import type { Field } from "../Schema.ts"

type Build = (
  columns: ReadonlyArray<ReadonlyArray<unknown>>,
  target: Array<unknown>,
  at: number,
  length: number
) => void

const cache = new Map<string, Build>()
const cached = 64

/**
 * Names enter the code through `JSON.stringify` alone; `["__proto__"]` makes a property where `__proto__` would not.
 */
const generate = (names: ReadonlyArray<string>): Build => {
  const columns = names.map((_, i) => `c${i}`)
  const properties = names.map(
    (name, i) => `${name === "__proto__" ? '["__proto__"]' : JSON.stringify(name)}: c${i}[i]`
  )
  return new Function(
    `[${columns}]`,
    "target",
    "at",
    "length",
    `for (let i = 0; i < length; i++) target[at + i] = { ${properties} }`
  ) as Build
}

const loop =
  (names: ReadonlyArray<string>): Build =>
  (columns, target, at, length) => {
    for (let i = 0; i < length; i++) target[at + i] = Object.fromEntries(names.map((name, k) => [name, columns[k]![i]]))
  }

/** What builds rows with these names, all different. */
export const rowObjects = (names: ReadonlyArray<string>): Build => {
  const key = JSON.stringify(names)
  const found = cache.get(key)
  if (found !== undefined) return found
  let build: Build
  try {
    build = generate(names)
  } catch {
    build = loop(names)
  }
  if (cache.size >= cached) cache.clear()
  cache.set(key, build)
  return build
}

/** The names, unless one is there twice. */
export const uniqueNames = (fields: ReadonlyArray<Field>): ReadonlyArray<string> | undefined => {
  const names = fields.map(({ name }) => name)
  return new Set(names).size === names.length ? names : undefined
}
