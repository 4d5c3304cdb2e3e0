/** NCO and NPY: Nengo in a process of its own, npyjs in this one. */
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { load } from "npyjs"
import { median, row, type Row } from "../../../harness/ratio.ts"
import { python } from "../interop/arrays.ts"
import { Nco, NcoFile, type NcoHeader, NdArray, Npy, Subfile } from "../src/index.ts"

const ok = Result.getOrThrow
const rounds = 9
const run = <A, E>(effect: Effect.Effect<A, E, FileSystem.FileSystem>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeFileSystem.layer))

/** Seconds a call, over so many calls. */
const timed = async (calls: number, call: () => unknown): Promise<number> => {
  const start = performance.now()
  for (let i = 0; i < calls; i++) {
    const result = call()
    if (result instanceof Promise) await result
  }
  return (performance.now() - start) / 1000 / calls
}

/** The median of the ratios of two times, measured in turns, since a shared machine drifts. */
const ratio = async (subject: () => Promise<number>, against: () => Promise<number>): Promise<number> => {
  const ratios: Array<number> = []
  await subject()
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? await subject() : await against()
    const second = round % 2 === 0 ? await against() : await subject()
    ratios.push(round % 2 === 0 ? first / second : second / first)
  }
  return median(ratios)
}

/** Writes header, pickle and data of an object to a file, without seeking and without a copy of the data. */
const write = (path: string, content: Nco.Content) =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const file = yield* fileSystem.open(path, { flag: "w" })
    for (const chunk of yield* Effect.fromResult(Nco.encodeChunks(content))) yield* file.writeAll(chunk)
  }).pipe(Effect.scoped)

const onFirst = <A, E>(
  path: string,
  use: (file: NcoFile.NcoFile, header: NcoHeader.NcoHeader) => Effect.Effect<A, E>
) =>
  Effect.gen(function* () {
    const file = yield* NcoFile.open(path)
    return yield* use(file, yield* NcoFile.header(file, 0))
  }).pipe(Effect.scoped)

/** Nengo in a process of its own, which times what it is asked to do. */
const startNengo = async (interpreter: string, directory: string) => {
  const script = fileURLToPath(new URL("peer.py", import.meta.url))
  const child = spawn(interpreter, [script, directory], { stdio: ["pipe", "pipe", "inherit"] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    seconds: (what: string) => async (): Promise<number> => {
      child.stdin.write(`${what}\n`)
      return Number((await lines.next()).value)
    },
    stop: () => child.stdin.end()
  }
}

const besideNengo = async (
  interpreter: string,
  directory: string,
  large: NdArray.NdArray
): Promise<ReadonlyArray<Row>> => {
  const nengo = await startNengo(interpreter, directory)
  const small = new Uint8Array(readFileSync(join(directory, "small.nco")))
  const content = ok(Nco.decode(small))
  const target = new Float64Array(large.size)
  const path = join(directory, "nengo.nco")
  const into = onFirst(path, (file, header) =>
    Effect.gen(function* () {
      yield* NcoFile.metadata(file, header)
      return yield* (yield* NcoFile.array(file, header)).readInto(target)
    })
  )
  const writing = write(join(directory, "ours.nco"), { metadata: content.metadata, array: large })
  const beside = async (
    what: string,
    theirs: string,
    atMost: number,
    calls: number,
    call: () => unknown
  ): Promise<Row> => row(what, "nengo", await ratio(() => timed(calls, call), nengo.seconds(theirs)), { atMost })
  const rows = [
    await beside("decode a 1 KB NCO from bytes", "decode", 0.35, 20_000, () => ok(Nco.decode(small))),
    await beside("encode a 1 KB NCO to bytes", "encode", 0.5, 20_000, () => ok(Nco.encode(content))),
    await beside("100 MB array: readInto", "read", 1.4, 3, () => run(into)),
    await beside("100 MB array: read into fresh memory", "read", 5, 3, () => run(onFirst(path, NcoFile.read))),
    await beside("100 MB array: write", "write", 2.2, 1, () => run(writing))
  ]
  nengo.stop()
  return rows
}

/** The most memory that reading a file by rows takes beyond what was there, in MiB. */
const rowsGrowth = async (path: string): Promise<number> => {
  let most = 0
  const used = () => process.memoryUsage().arrayBuffers / 2 ** 20
  const before = used()
  const sums = Effect.flatMap(Subfile.open(path), Npy.open).pipe(
    Effect.flatMap((reader) =>
      Stream.runForEach(reader.stream(16_384), () =>
        Effect.sync(() => {
          most = Math.max(most, used() - before)
        })
      )
    ),
    Effect.scoped
  )
  await run(sums)
  return most
}

/** The rows of the table, and what could not be measured. */
export const arrays = async (): Promise<{
  readonly rows: ReadonlyArray<Row>
  readonly notes: ReadonlyArray<string>
}> => {
  const directory = mkdtempSync(join(tmpdir(), "bytewright-nco-bench-"))
  try {
    const large = ok(
      NdArray.make(
        "float64",
        [102_400, 128],
        Float64Array.from({ length: 13_107_200 }, (_, i) => i)
      )
    )
    const rows: Array<Row> = []
    const notes: Array<string> = []
    const interpreter = python()
    if (interpreter === undefined)
      notes.push("no Python with nengo: run interop/run.ts first, or set BYTEWRIGHT_PYTHON")
    else rows.push(...(await besideNengo(interpreter, directory, large)))
    const npy = join(directory, "large.npy")
    await run(
      Effect.gen(function* () {
        const fileSystem = yield* FileSystem.FileSystem
        yield* fileSystem.writeFile(npy, ok(Npy.encode(large)))
      })
    )
    const loading = Effect.scoped(
      Effect.flatMap(Effect.flatMap(Subfile.open(npy), Npy.open), (reader) =>
        Effect.map(reader.read, ({ data }) => data)
      )
    )
    const against = await ratio(
      () => timed(1, () => run(loading)),
      () => timed(1, async () => load(await readFile(npy)))
    )
    rows.push(row("load a 100 MB NPY file", "npyjs", against, { atMost: 0.6 }))
    rows.push(row("stream 100 MB by rows of 16 MB: memory, MiB", "-", await rowsGrowth(npy), { atMost: 100 }))
    return { rows, notes }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
