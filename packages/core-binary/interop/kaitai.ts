/**
 * Compiles the descriptions of layouts to JavaScript with the Kaitai Struct compiler, installed for the run into a directory of
 * its own, and reads with the result what our codecs wrote: every value must be the one that our reader gives.
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as Result from "effect/Result"
import * as Yaml from "effect/encoding/Yaml"
import { Request, Response } from "../../echo-protocol/src/index.ts"
import { compose } from "../fuzz/composed.ts"
import { layouts } from "../fuzz/layouts.ts"
import type { Lazy } from "../src/Codec.ts"
import { Codec, Kaitai } from "../src/index.ts"
import { bounds } from "../src/internal/bounds.ts"
import { fills, idsOfFields, idsOfFlags, isMany, isPlain, wraps } from "../src/internal/ksyExpr.ts"
import { type Any, isHidden, type Node, type Text } from "../src/Layout.ts"
import { Random, Values } from "../src/testing.ts"
import { expressive, goldens } from "../test/kaitaiLayouts.ts"

type Read = Readonly<Record<string, unknown>>
interface Stream {
  new (bytes: ArrayBuffer): unknown
  readonly prototype: {
    readS8be(): number
    readS8le(): number
    readU4be(): number
    readU4le(): number
  }
}
type Reader = new (stream: unknown) => Read

const seed = 11
const messages = 40
/** Layouts composed at random, and the messages of each. */
const compositions = [200, 8] as const
const home = fileURLToPath(new URL("..", import.meta.url))
const directory = mkdtempSync(join(tmpdir(), "bytewright-"))

const camel = (id: string): string => id.replaceAll(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase())

/** Text as the runtime's `TextDecoder` gives it: it skips byte order marks, and its Latin-1 is that of Windows. */
const shown = ({ encoding }: Text, text: string): string => {
  if (encoding === "latin1") return new TextDecoder("latin1").decode(Buffer.from(text, "latin1"))
  return encoding === "ascii" ? text : text.replace(/^\ufeff/, "")
}

/** The fields of the layout at hand that Kaitai cannot express. */
let left = new Set<string>()
const isLeft = (path: string): boolean => left.has(path.replaceAll(/\[\d+\]/g, "").replace(/^[^.]*\.?/, ""))

/** Where two readings differ; `undefined` where they do not. */
const differ = (node: Node, ours: unknown, theirs: unknown, path: string): string | undefined => {
  if (isLeft(path)) return undefined
  const unequal = `${path}: ${String(ours)} is ${String(theirs)}`
  const fields = (each: Node) => (wraps(each) ? (theirs as Read)["value"] : theirs)
  if (ours === null || ours === undefined) {
    if (theirs === undefined || fields(node) === undefined) return undefined
    if (!("of" in node)) return unequal
  }
  const inner = (each: Node) => (fills(each) ? theirs : (theirs as Read)["value"])
  switch (node._tag) {
    case "Int":
    case "Varint": {
      const value = Number(isPlain(node) ? theirs : (theirs as Read)["value"])
      // Beyond 2^53, the runtime's numbers are rounded.
      return Math.abs(value - Number(ours)) <= (Number.isSafeInteger(Number(ours)) ? 0 : 4096) ? undefined : unequal
    }
    case "Float":
      // Kaitai has none of 16 bits, and a recursion is noted at its first place only: they are bytes.
      return node.bits === 16 || Object.is(theirs, ours) ? undefined : unequal
    case "Enum": {
      const number = node.names.find(([name]) => name === ours)?.[1] ?? ours
      return differ(node.of, number, theirs, path)
    }
    case "Flags": {
      for (const [name, id] of idsOfFlags(node))
        if ((theirs as Read)[camel(id)] !== (ours as Read)[name]) return `${path}.${name}: differs`
      return undefined
    }
    case "Bits": {
      const ids = idsOfFields(node)
      for (const { name, value } of node.fields) {
        if (value !== undefined) continue
        if (Number((theirs as Read)[camel(ids.get(name)!)]) !== Number((ours as Read)[name]))
          return `${path}.${name}: differs`
      }
      return undefined
    }
    case "Struct": {
      const ids = idsOfFields(node)
      for (const { name, node: field } of node.fields) {
        if (isHidden(field)) continue
        const found = differ(field, (ours as Read)[name], (theirs as Read)[camel(ids.get(name)!)], `${path}.${name}`)
        if (found !== undefined) return found
        // What follows stands in the bytes that the field was left as.
        if (isLeft(`${path}.${name}`) && bounds(field).max !== bounds(field).min) return undefined
      }
      return undefined
    }
    case "Bytes":
      return Buffer.compare(Buffer.from(ours as Uint8Array), Buffer.from(theirs as Uint8Array)) === 0
        ? undefined
        : unequal
    case "Text":
      return theirs === shown(node, ours as string) ? undefined : unequal
    case "Array": {
      const sized = "unit" in node.length && node.length.unit === "bytes"
      const list = (sized ? (theirs as Read)["value"] : theirs) as ReadonlyArray<unknown>
      const items = ours as ReadonlyArray<unknown>
      if (list.length !== items.length) return `${path}: ${items.length} elements are ${list.length}`
      for (const [index, item] of items.entries()) {
        const found = differ(node.of, item, element(node.of, list[index]), `${path}[${index}]`)
        if (found !== undefined) return found
      }
      return undefined
    }
    case "Tagged": {
      const { _tag } = ours as { readonly _tag: string }
      const found = node.cases.find((each) => each.name === _tag)!
      const value = found.node._tag === "Struct" ? ours : (ours as Read)["value"]
      return differ(found.node, value, fields(found.node), `${path}.${_tag}`)
    }
    case "Optional":
    case "Pointer":
      return differ(node.of, ours, element(node.of, theirs), path)
    case "Window":
      if (node.lazy) return differ(node.of, Result.getOrThrow((ours as Lazy<unknown>).read()), fields(node.of), path)
      return differ(node.of, ours, fields(node.of), path)
    case "Suspend":
      return differ(node.of(), ours, inner(node.of()), path)
    case "Endianness":
      return differ(node.of, ours, typeof node.little === "boolean" ? theirs : inner(node.of), path)
    default:
      return undefined
  }
}

const element = (node: Node, theirs: unknown): unknown => (isMany(node) ? (theirs as Read)["value"] : theirs)

let passed = 0
let failed = 0
const claim = (what: string, problem: string | undefined): void => {
  if (problem === undefined) passed++
  else failed++
  if (problem !== undefined) console.log(`FAILED ${what}: ${problem}`)
}

const subjects: Array<readonly [string, Any]> = [
  ["echo_request", Request.frame],
  ["echo_response", Response.frame],
  ...Object.entries<Any>({ ...layouts, ...goldens, ...expressive }).map(
    ([name, layout]) => [`test_${name}`, layout] as const
  )
]
for (const file of globSync("examples/*.ts", { cwd: home }).sort()) {
  const module: Record<string, unknown> = await import(pathToFileURL(join(home, file)).href)
  for (const [name, layout] of Object.entries(module))
    if (typeof layout === "object" && layout !== null && "node" in layout && "kind" in layout)
      subjects.push([`${file.slice(9, -3)}_${name.toLowerCase()}`, layout as Any])
}

for (let index = 0; index < compositions[0]; index++) {
  subjects.push([`composed_${index}`, compose(Random.make(seed, index))])
}

/** Files of other programs, for what generated values cannot have: pointers. */
const files: Readonly<Record<string, ReadonlyArray<string>>> = {
  dns_message: ["query.dns", "response.dns"],
  dns_resourcerecord: ["record.dns"],
  png_png: ["image.png"],
  pcap_pcap: ["big.pcap", "little.pcap"],
  sqlite_schemapage: ["schema.sqlite"],
  npy_npy: ["array-v1.npy", "array-v2.npy", "array-v3.npy"],
  kafka_request: ["api-versions-request.kafka"],
  kafka_response: ["api-versions-response.kafka"]
}

try {
  execFileSync("npm", [
    "install",
    "--silent",
    "--no-audit",
    "--no-fund",
    "--prefix",
    directory,
    "kaitai-struct-compiler@0.11",
    "kaitai-struct@0.11"
  ])
  const require = createRequire(join(directory, "index.js"))
  const compiler = require("kaitai-struct-compiler") as {
    compile(language: string, description: unknown, importer: unknown, debug: boolean): Promise<Record<string, string>>
  }
  const { KaitaiStream } = require("kaitai-struct") as { KaitaiStream: Stream }
  // The runtime's own are wrong about most negative numbers: they compute with the lower half as a signed number.
  KaitaiStream.prototype.readS8be = function () {
    return Number(BigInt.asIntN(64, (BigInt(this.readU4be()) << 32n) | BigInt(this.readU4be())))
  }
  KaitaiStream.prototype.readS8le = function () {
    return Number(BigInt.asIntN(64, BigInt(this.readU4le()) | (BigInt(this.readU4le()) << 32n)))
  }
  for (const [name, layout] of subjects) {
    const { notes, text } = Kaitai.ksy(layout, { id: name })
    left = new Set(notes.filter(({ note }) => note.startsWith("Kaitai cannot express")).map(({ path }) => path))
    // What follows such a field is found nowhere.
    if (name.startsWith("composed") && notes.some(({ note }) => note.includes("all from here"))) continue
    let reader: Reader
    try {
      const compiled = await compiler.compile("javascript", Yaml.parse(text), {}, false)
      const [source] = Object.values(compiled)
      const exported: Record<string, Reader> = {}
      // oxlint-disable-next-line no-new-func, no-implied-eval
      new Function("exports", "module", "require", source!)(exported, { exports: exported }, require)
      reader = Object.values(exported)[0]!
    } catch (error) {
      claim(`${name} compiles`, String(error))
      continue
    }
    claim(`${name} compiles`, undefined)
    const codec = Codec.make(layout)
    const inputs: Array<readonly [string, Uint8Array]> = []
    for (const file of files[name] ?? [])
      inputs.push([file, new Uint8Array(readFileSync(join(home, "test/fixtures", file)))])
    try {
      const generate = Values.make(layout)
      for (let index = 0; index < (name.startsWith("composed") ? compositions[1] : messages); index++)
        inputs.push([`${seed}:${index}`, codec.encodeSync(generate(Random.make(seed, index)))])
    } catch (error) {
      console.log(`${name}: no generated values: ${String(error)}`)
    }
    for (const [from, bytes] of inputs) {
      const ours = codec.decode(bytes)
      if (Result.isFailure(ours)) {
        claim(`${name} ${from}`, ours.failure.message)
        continue
      }
      try {
        const read = new reader(new KaitaiStream(bytes.slice().buffer))
        claim(`${name} ${from}`, differ(layout.node, ours.success, fills(layout.node) ? read : read["value"], name))
      } catch (error) {
        claim(`${name} ${from}`, String(error))
      }
    }
    console.log(`${name}: ${inputs.length} messages, ${notes.length} notes`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
