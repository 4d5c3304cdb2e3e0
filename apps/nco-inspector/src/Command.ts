/** The command line: `nco list | show | explain | extract | verify | scan | disassemble PATH`. */
import { NcoError, NcoFile, NengoCache, Npy, Pickle } from "@bytewright/nco"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import { explain as explanationOf } from "./Explanation.ts"
import * as Input from "./Input.ts"
import * as Print from "./Print.ts"

/** The result, already printed, is a bad one. */
export class Unsound extends Data.TaggedError("Unsound")<{}> {
  override readonly [Runtime.errorReported] = false
}

const lines = (all: ReadonlyArray<string>) => Effect.forEach(all, (line) => Console.log(line), { discard: true })

/** Errors of the input go to stderr as one line, and make the exit code 1. */
const reported = <A, R>(effect: Effect.Effect<A, NcoError.NcoError | Unsound, R>) =>
  Effect.catchTag(effect, "NcoError", (error) =>
    Effect.andThen(Console.error(`nco: ${error.message}`), Effect.fail(new Unsound()))
  )

const path = Argument.String("path").pipe(
  Argument.withDescription("A .nco, .npy, .npz or .pkl file, or the directory of a Nengo cache")
)
const index = Argument.Int("index").pipe(
  Argument.withDescription("Which object of a .nco, or entry of a .npz, counted from 0"),
  Argument.withDefault(0)
)
const latin1 = Flag.Boolean("latin1").pipe(
  Flag.withDescription("Read the byte strings of Python 2 as latin-1"),
  Flag.withDefault(false)
)
const optionsOf = (latin1: boolean): Pickle.DecodeOptions => ({
  unknownGlobals: "opaque",
  dicts: "map",
  ...(latin1 ? { strings: "latin1" as const } : {})
})

const list = Command.make("list", { path }, ({ path }) =>
  Effect.gen(function* () {
    const input = yield* Input.open(path)
    switch (input._tag) {
      case "Cache": {
        const cache = yield* NengoCache.open(path)
        return yield* lines(
          Print.table([...cache.places].map(([key, { end, path, start }]) => [key, start, end, path]))
        )
      }
      case "Nco": {
        const { file } = input
        return yield* Stream.runForEach(NcoFile.headers(file), (header) =>
          Effect.gen(function* () {
            const { arrayEnd, pickleEnd, pickleStart, start } = header
            const reader = yield* NcoFile.array(file, header)
            const columns = [
              start,
              arrayEnd,
              header.abi,
              `pickle ${pickleEnd - pickleStart}`,
              Print.type(reader.header)
            ]
            yield* Console.log(columns.join("\t"))
          })
        )
      }
      case "Npy":
        return yield* Console.log(Print.type((yield* Npy.open(input.subfile)).header))
      case "Npz":
        return yield* Stream.runForEach(Input.entries(path), ({ array, name }) =>
          Console.log(`${name}\t${Print.type(array)}`)
        )
      case "Pickle": {
        const { bytes } = yield* Input.pickle(input, 0)
        const globals = Pickle.scan(bytes).globals.map(({ module, name }) => `${module}.${name}`)
        return yield* lines([`pickle of ${bytes.length} bytes`, ...globals])
      }
    }
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("List what is in it, without decoding any of it"))

const show = Command.make("show", { path, index, latin1 }, ({ index, latin1, path }) =>
  Effect.gen(function* () {
    const input = yield* Input.open(path)
    if (input._tag === "Nco" || input._tag === "Pickle") {
      const { bytes, header } = yield* Input.pickle(input, index)
      const value = yield* Effect.fromResult(Pickle.decode(bytes, optionsOf(latin1)))
      if (header !== undefined)
        yield* Console.log(`object ${index}: bytes ${header.start} to ${header.arrayEnd}, ${header.abi}`)
      yield* Console.log(Print.value(value))
      if (input._tag === "Pickle") return
    }
    yield* Console.log(Print.value(yield* Input.array(input, index)))
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("Print metadata and array; classes that are not known stay inert"))

const explain = Command.make("explain", { path, index }, ({ index, path }) =>
  Effect.gen(function* () {
    const { error, lines: all } = yield* explanationOf(yield* Input.open(path), index)
    yield* lines(all)
    if (error !== undefined) return yield* error
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("Print an object's header, and its array's, as annotated hexdumps, damaged or not"))

const extract = Command.make(
  "extract",
  { path, index, npy: Flag.String("npy").pipe(Flag.withDescription("The .npy file to write")) },
  ({ index, npy, path }) =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const array = yield* Input.array(yield* Input.open(path), index)
      const chunks = yield* Effect.fromResult(Npy.encodeChunks(array))
      yield* Effect.mapError(Stream.run(Stream.fromIterable(chunks), fileSystem.sink(npy)), (cause) =>
        NcoError.make({ _tag: "Io", cause }, 0)
      )
      yield* Console.error(`${npy}: ${Print.type(array)}`)
    }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("Write an array as a .npy file"))

/** What is wrong with an input, a line each. */
const problemsOf = (input: Input.Input) =>
  Effect.gen(function* () {
    switch (input._tag) {
      case "Cache": {
        const report = yield* NengoCache.verify(yield* NengoCache.open(input.path))
        return [
          ...report.dangling.map(({ error, key }) => `${key}: ${error.message}`),
          ...report.orphans.map(({ header, path }) => `${path}: no key leads to the object at ${header.start}`),
          ...report.problems.map(({ error, path }) => `${path}: ${error.message}`)
        ]
      }
      case "Nco":
        return (yield* NcoFile.verify(input.file)).problems.map((error) => error.message)
      case "Npy":
        yield* Npy.open(input.subfile, { trailing: "error" })
        return []
      case "Npz":
        yield* Stream.runDrain(Input.entries(input.path))
        return []
      case "Pickle": {
        const { bytes } = yield* Input.pickle(input, 0)
        yield* Effect.fromResult(Pickle.decode(bytes, optionsOf(true)))
        return []
      }
    }
  })

const verify = Command.make("verify", { path }, ({ path }) =>
  Effect.gen(function* () {
    const problems = yield* problemsOf(yield* Input.open(path))
    yield* lines(problems.length === 0 ? ["ok"] : problems)
    if (problems.length > 0) return yield* new Unsound()
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("Check offsets, pickles, array sizes, and a cache's index against its files"))

const scan = Command.make("scan", { path }, ({ path }) =>
  Effect.gen(function* () {
    const input = yield* Input.open(path)
    const scans: Array<readonly [name: string, scan: Pickle.Scan]> = []
    if (input._tag === "Nco") {
      const { file } = input
      yield* Stream.runForEach(NcoFile.headers(file), (header) =>
        Effect.map(NcoFile.pickle(file, header), (bytes) => scans.push([String(header.start), Pickle.scan(bytes)]))
      )
    } else scans.push(["0", Pickle.scan((yield* Input.pickle(input, 0)).bytes)])
    for (const [at, { error, globals, verdict }] of scans) {
      yield* Console.log(`${at}\t${verdict}${error === undefined ? "" : `\t${error.message}`}`)
      yield* lines(globals.map(({ known, module, name }) => `\t${known ? "known  " : "unknown"}\t${module}.${name}`))
    }
    if (scans.some(([, { verdict }]) => verdict !== "safe")) return yield* new Unsound()
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("List what pickles name, with the verdict: safe, unknown, malformed"))

const disassemble = Command.make("disassemble", { path, index }, ({ index, path }) =>
  Effect.gen(function* () {
    const { bytes } = yield* Input.pickle(yield* Input.open(path), index)
    yield* Console.log(yield* Effect.fromResult(Pickle.disassemble(bytes)))
  }).pipe(Effect.scoped, reported)
).pipe(Command.withDescription("Print a pickle's opcodes, as python -m pickletools does"))

/** The command `nco`. */
export const nco = Command.make("nco").pipe(
  Command.withDescription("Look into Nengo's objects, pickles and arrays; nothing in them is executed"),
  Command.withSubcommands([list, show, explain, extract, verify, scan, disassemble])
)

/** Runs a command line, without the program's name. */
export const run = Command.runWith(nco, { version: "0.1.0" })
