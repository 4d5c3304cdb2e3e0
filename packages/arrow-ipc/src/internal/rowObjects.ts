/** Makes plain objects of columns of values: generated code where the platform allows it, a loop where not. */

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
  const variables = names.map((_, i) => `const c${i} = columns[${i}]`).join("\n")
  const properties = names.map((name, i) =>
    name === "__proto__" ? `["__proto__"]: c${i}[i]` : `${JSON.stringify(name)}: c${i}[i]`
  )
  return new Function(
    "columns",
    "target",
    "at",
    "length",
    `${variables}\nfor (let i = 0; i < length; i++) target[at + i] = { ${properties.join(", ")} }`
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
