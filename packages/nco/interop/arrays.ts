/** Arrays, objects and caches exchanged with NumPy and Nengo through a directory; `arrays.py` is the other side. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { withoutPadding } from "../conformance/tagged.ts"
import { Dtype, Nco, NcoFile, NcoStream, NdArray, NengoCache, Npy, Npz } from "../src/index.ts"

const ok = Result.getOrThrow
const peer = fileURLToPath(new URL("arrays.py", import.meta.url))

/** Where `interop/run.ts` installs NumPy and Nengo. */
export const directory = join(tmpdir(), "bytewright-nco-interop")

/** A Python with NumPy, if there is one: `BYTEWRIGHT_PYTHON`, or that of {@link directory}. */
export const python = (): string | undefined =>
  [process.env["BYTEWRIGHT_PYTHON"], join(directory, "bin/python")].find(
    (path) => path !== undefined && existsSync(path)
  )

interface Facts {
  readonly descr: Dtype.Descr
  readonly shape: ReadonlyArray<number>
  readonly order: NdArray.Order
  readonly sha256: string
}

const factsOf = (array: NdArray.NdArray): Facts => ({
  descr: ok(Dtype.toDescr(array.dtype)),
  shape: array.shape,
  order: array.order,
  sha256: createHash("sha256")
    .update(array.dtype.fields === undefined ? array.bytes : withoutPadding(array.dtype, array.bytes))
    .digest("hex")
})

const same = (what: string, expected: unknown, actual: unknown): void => {
  const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)]
  if (a !== b) throw new Error(`${what}: expected ${a}, got ${b}`)
}

/**
 * NumPy and Nengo write `count` random arrays of `seed`; we read them, and write them again in every way there is; they read
 * what we wrote. Returns what the other side says about it; throws at the first difference.
 */
export const exchange = async (interpreter: string, seed: number, count: number): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "bytewright-nco-"))
  const ask = (...args: ReadonlyArray<string>): string =>
    execFileSync(interpreter, [peer, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim()
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
  try {
    ask("write", folder, String(seed), String(count))
    const theirs = JSON.parse(readFileSync(join(folder, "peer.json"), "utf8")) as {
      readonly arrays: Record<string, Facts>
      readonly starts?: ReadonlyArray<number>
    }
    const arrays: Array<{ readonly name: string; readonly array: NdArray.NdArray }> = []
    for (const [name, expected] of Object.entries(theirs.arrays)) {
      const bytes = read(`${name}.npy`)
      const array = ok(Npy.decode(bytes, { trailing: "error" }))
      same(name, expected, factsOf(array))
      void array.data
      same(`${name} after use`, expected, factsOf(array))
      const written = ok(Npy.encode(array))
      if (!Buffer.from(bytes).equals(written)) throw new Error(`${name}: our bytes differ from NumPy's`)
      writeFileSync(join(folder, `${name}.npy`), written)
      arrays.push({ name, array })
    }
    for (const [archive, compress] of [
      ["stored.npz", false],
      ["deflated.npz", true]
    ] as const) {
      const entries = await Effect.runPromise(Stream.runCollect(Npz.decode()(Stream.make(read(archive)))))
      same(archive, theirs.arrays, Object.fromEntries(entries.map(({ array, name }) => [name, factsOf(array)])))
      const chunks = await Effect.runPromise(Stream.runCollect(Npz.encode({ compress })(Stream.fromIterable(arrays))))
      writeFileSync(join(folder, `ours-${archive}`), Buffer.concat(chunks))
    }
    const contents = arrays.map(({ array, name }, i) => {
      const third = Float64Array.from({ length: i % 4 }, (_, j) => j / 3)
      const rmses = ok(NdArray.make("float64", [third.length], third))
      return { metadata: { i, rmses, name }, array }
    })
    const chunks = await Effect.runPromise(Stream.runCollect(NcoStream.encode()(Stream.fromIterable(contents))))
    const file = new Uint8Array(Buffer.concat(chunks))
    const headers = await Effect.runPromise(Stream.runCollect(NcoFile.headers(NcoFile.fromBytes(file))))
    writeFileSync(join(folder, "ours.nco"), file)
    const objects = headers.map(({ arrayEnd, start }, i) => ({
      start,
      end: arrayEnd,
      i,
      name: `n${i}`,
      rmses: Array.from({ length: i % 4 }, (_, j) => j / 3),
      array: theirs.arrays[`n${i}`]
    }))
    if (theirs.starts !== undefined) {
      await nengoObjects(read("peer.nco"), theirs.starts, contents)
      await nengoCache(folder, ask)
    }
    writeFileSync(join(folder, "ours.json"), JSON.stringify({ arrays: theirs.arrays, objects }))
    return ask("check", folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Reads the file that Nengo wrote, and puts its objects together again: byte for byte. */
const nengoObjects = async (
  bytes: Uint8Array,
  starts: ReadonlyArray<number>,
  contents: ReadonlyArray<Nco.Content>
): Promise<void> => {
  const objects = await Effect.runPromise(Stream.runCollect(NcoFile.objects(NcoFile.fromBytes(bytes))))
  same(
    "starts",
    starts,
    objects.map(({ header }) => header.start)
  )
  for (const [i, object] of objects.entries()) {
    const { arrayEnd, start } = object.header
    const source = bytes.subarray(start, arrayEnd)
    same(`object ${i}`, factsOf(contents[i]!.array), factsOf(object.array))
    const metadata = object.metadata as { readonly i: number; readonly rmses: NdArray.NdArray }
    same(`metadata ${i}`, [i, i % 4], [metadata.i, metadata.rmses.size])
    const { pickle } = ok(Nco.sections(source, { start }))
    const { chunks } = ok(Nco.assemble(pickle, ok(Npy.encodeChunks(object.array)), { start }))
    if (!Buffer.concat(chunks).equals(source)) throw new Error(`object ${i}: our bytes differ from Nengo's`)
  }
}

/** Reads a cache that Nengo made, and writes its objects as a cache of our own, which Nengo then must find everything in. */
const nengoCache = async (folder: string, ask: (...args: ReadonlyArray<string>) => string): Promise<void> => {
  ask("cache", join(folder, "nengo"))
  await Effect.gen(function* () {
    const cache = yield* NengoCache.open(join(folder, "nengo"))
    const report = yield* NengoCache.verify(cache)
    same(
      "Nengo's cache",
      [3, 0, 0, 0],
      [report.intact, report.dangling, report.orphans, report.problems].map((all) => all.length)
    )
    const entries = yield* Stream.runCollect(NengoCache.objects(cache))
    const ours = yield* NengoCache.open(join(folder, "cache"), { create: true, writable: true })
    yield* NengoCache.add(
      ours,
      entries.map(([key, { array, metadata }]) => ({ key, metadata, array }))
    )
  }).pipe(Effect.provide(NodeFileSystem.layer), Effect.runPromise)
}
