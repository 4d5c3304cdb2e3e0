/**
 * `pnpm fuzz [--cases 1000000] [--seed hex] [--layout name] [--replay seed:case]`: fuzzes every layout, with generated code and
 * with closures. A worker runs the cases in a bounded heap; this thread sees it hang, crash or find something, and says how to replay.
 */
import { existsSync, readdirSync } from "node:fs"
import { parseArgs } from "node:util"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { Codec, Describe } from "../src/index.ts"
import { type Any, isHidden, type Layout } from "../src/Layout.ts"
import { Fuzz, Property, Random } from "../src/testing.ts"
import { compose, contradiction } from "./composed.ts"
import { layouts } from "./layouts.ts"
import { disagreement, point } from "./pointing.ts"

interface Job {
  readonly seed: number
  readonly first: number
  readonly last: number
  readonly only: string | undefined
  /** What is running: the number of the target, and of the case. */
  readonly progress: SharedArrayBuffer
}

const hangMilliseconds = 30_000
const heapMegabytes = 512

const isLayout = (value: unknown): value is Any =>
  typeof value === "object" && value !== null && "node" in value && "kind" in value && !isHidden((value as Any).node)

/** Our own layouts, and every layout that a module of `examples` exports. */
const all = async (): Promise<ReadonlyArray<readonly [name: string, layout: Any]>> => {
  const found: Array<readonly [string, Any]> = Object.entries<Any>(layouts)
  const directory = new URL("../examples/", import.meta.url)
  const files = existsSync(directory) ? readdirSync(directory).filter((file) => file.endsWith(".ts")) : []
  for (const file of files.sort()) {
    const module = (await import(new URL(file, directory).href)) as Record<string, unknown>
    for (const [name, value] of Object.entries(module))
      if (isLayout(value)) found.push([`${file.slice(0, -3)}.${name}`, value])
  }
  return found
}

const backends = ["generated", "closures"] as const

interface Target {
  readonly name: string
  readonly fuzzer: () => Fuzz.Fuzzer
}

/** Another layout each time, read in every way. */
const anew = (
  name: string,
  make: (random: Random.Random) => Layout<unknown>,
  broken: (layout: Layout<unknown>, random: Random.Random) => string | undefined
): Target => ({
  name: `${name} (both)`,
  fuzzer: () => ({
    run(seed, index) {
      const random = Random.make(seed, index)
      const layout = make(random)
      const claim = broken(layout, random)
      return claim === undefined
        ? undefined
        : { claim, input: { value: Describe.describe(layout) }, replay: Property.token(seed, index) }
    }
  })
})

const targets = async (only: string | undefined): Promise<ReadonlyArray<Target>> =>
  (await all())
    .flatMap(([name, layout]) =>
      backends.map((backend) => ({
        name: `${name} (${backend})`,
        fuzzer: () => Fuzz.make<unknown>(Codec.make<unknown>(layout, { backend }))
      }))
    )
    .concat(anew("composed", compose, contradiction), anew("pointing", point, disagreement))
    .filter(({ name }) => only === undefined || name.startsWith(`${only} (`))

const work = async ({ first, last, only, progress, seed }: Job): Promise<void> => {
  const running = new Float64Array(progress)
  const found = await targets(only)
  for (const [index, { fuzzer: make, name }] of found.entries()) {
    const fuzzer = make()
    const started = performance.now()
    let slowest = 0
    // The cases are shared out, so that the number asked for is that of all layouts together.
    for (let at = first + index; at < last; at += last - first === 1 ? 1 : found.length) {
      running[0] = index
      running[1] = at
      const before = performance.now()
      const violation = fuzzer.run(seed, last - first === 1 ? first : at)
      slowest = Math.max(slowest, performance.now() - before)
      if (violation !== undefined) return parentPort!.postMessage({ violation, name })
      if (last - first === 1) break
    }
    parentPort!.postMessage({ done: name, slowest, elapsed: performance.now() - started })
  }
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "1000000" },
      seed: { type: "string" },
      layout: { type: "string" },
      replay: { type: "string" }
    }
  })
  const replay = values.replay === undefined ? undefined : Property.parseToken(values.replay)
  const seed = replay?.seed ?? (values.seed === undefined ? Property.randomSeed() : Number.parseInt(values.seed, 16))
  const cases = Number(values.cases)
  if (!(Number.isSafeInteger(cases) && cases > 0 && seed >= 0))
    throw new Error("--cases takes a number, --seed a hexadecimal one")
  const names = (await targets(values.layout)).map((target) => target.name)
  if (names.length === 0) throw new Error(`no layout ${values.layout}`)
  console.log(
    `seed ${seed.toString(16)}, ${replay === undefined ? `${cases} cases` : `case ${replay.index}`}, ${names.length} targets`
  )
  const progress = new SharedArrayBuffer(16)
  const running = new Float64Array(progress)
  const first = replay?.index ?? 0
  const job: Job = { seed, first, last: replay === undefined ? cases : first + 1, only: values.layout, progress }
  const worker = new Worker(new URL(import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes }
  })
  const fail = (name: string, claim: string, token: string, input?: unknown): void => {
    console.log(`FAILED ${name}: ${claim}`)
    if (input !== undefined) console.dir(input, { depth: 8, maxArrayLength: 400 })
    const layout = name.slice(0, name.lastIndexOf(" "))
    console.log(`replay: node fuzz/run.ts --layout ${layout} --replay ${token}`)
    process.exitCode = 1
  }
  const here = () => [names[running[0]!]!, Property.token(seed, running[1]!)] as const
  let last = -1
  const watch = setInterval(() => {
    if (running[1] !== last) {
      last = running[1]!
      return
    }
    const [name, token] = here()
    fail(name, `no end within ${hangMilliseconds / 1000} s`, token)
    void worker.terminate()
    clearInterval(watch)
  }, hangMilliseconds)
  worker.on("message", (message) => {
    if (message.done !== undefined)
      console.log(
        `${message.done}: ${(message.elapsed / 1000).toFixed(1)} s, slowest case ${message.slowest.toFixed(1)} ms`
      )
    else fail(message.name, message.violation.claim, message.violation.replay, message.violation.input)
  })
  worker.on("error", (error) => {
    const [name, token] = here()
    fail(name, String(error), token)
  })
  worker.on("exit", () => clearInterval(watch))
}

if (isMainThread) await main()
else await work(workerData as Job)
