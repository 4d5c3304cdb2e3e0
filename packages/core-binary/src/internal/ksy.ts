/** The text of a Kaitai Struct description: ids without collisions, types in the making, and YAML. */

/** What YAML can hold here. */
export type Yaml = string | number | boolean | ReadonlyArray<Yaml> | { readonly [key: string]: Yaml | undefined }

export type Entry = Record<string, Yaml | undefined>

/** Words of the expression language, and what objects of target languages have already. */
const reserved = ["and", "or", "not", "true", "false", "sizeof", "bitsizeof", "constructor"]

const snake = (name: string): string => {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
  return /^[a-z]/.test(words) ? words : `n${words}`
}

/** Gives ids that are unique in one place, also where a target language drops the underscores. */
export class Ids {
  private readonly taken = new Set(reserved)

  of(name: string): string {
    const id = snake(name)
    let unique = id
    for (let n = 2; this.taken.has(unique.replaceAll("_", "")); n++) unique = `${id}_v${n}`
    this.taken.add(unique.replaceAll("_", ""))
    return unique
  }
}

/** The ids of the fields of one record, by name. */
export const idsOf = (names: ReadonlyArray<string>, ids = new Ids()): ReadonlyMap<string, string> =>
  new Map(names.map((name) => [name, ids.of(name)]))

/** A type in the making; `parent` is the one whose field it is, and none for a type that several have. */
export class KsyType {
  readonly parent: KsyType | undefined
  readonly ids = new Ids()
  readonly seq: Array<Entry> = []
  readonly instances: Record<string, Entry> = {}
  readonly types = new Map<string, KsyType>()
  meta: Entry | undefined

  constructor(parent?: KsyType) {
    this.parent = parent
  }

  toYaml(): Entry {
    const types = [...this.types].map(([name, type]) => [name, type.toYaml()])
    return {
      meta: this.meta,
      seq: this.seq,
      instances: Object.keys(this.instances).length === 0 ? undefined : this.instances,
      types: types.length === 0 ? undefined : Object.fromEntries(types)
    }
  }
}

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

const isScalar = (value: Yaml): value is string | number | boolean => typeof value !== "object"

const flow = (value: Yaml): string | undefined => {
  if (isScalar(value)) return typeof value === "string" ? quoted(value) : String(value)
  if (!Array.isArray(value)) return undefined
  return value.every(isScalar) ? `[${value.map(flow).join(", ")}]` : undefined
}

/** The lines of a record, or of a list of records: strings quoted, lists of scalars on one line, everything else in block style. */
export const yamlLines = (value: Yaml): ReadonlyArray<string> => {
  if (Array.isArray(value)) {
    return value.flatMap((item: Yaml) => yamlLines(item).map((line, index) => `${index === 0 ? "- " : "  "}${line}`))
  }
  return Object.entries(value as Entry).flatMap(([key, item]) => {
    if (item === undefined) return []
    const name = /^[a-z-][a-z0-9_-]*$/.test(key) ? key : quoted(key)
    const inline = flow(item)
    return inline === undefined ? [`${name}:`, ...yamlLines(item).map((line) => `  ${line}`)] : [`${name}: ${inline}`]
  })
}
