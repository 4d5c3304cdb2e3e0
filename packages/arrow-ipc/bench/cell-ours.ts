/** `node cell-ours.ts FILE BATCH ROW`: one cell through `ArrowFile`; prints milliseconds, bytes read and the value. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { ArrowFile } from "../src/index.ts"

const [path, batch, row] = process.argv.slice(2) as [string, string, string]
let bytes = 0

const counted = Effect.map(FileSystem.FileSystem, (fileSystem) => ({
  ...fileSystem,
  open: (...args: Parameters<typeof fileSystem.open>) =>
    Effect.map(fileSystem.open(...args), (file): FileSystem.File => {
      const read: FileSystem.File["read"] = (buffer, options) =>
        Effect.map(file.read(buffer, options), (count) => {
          bytes += count
          return count
        })
      return Object.create(file, { read: { value: read } }) as FileSystem.File
    })
}))

const program = Effect.gen(function* () {
  const file = yield* ArrowFile.open(path)
  return yield* file.cell(Number(batch), "float64", Number(row))
}).pipe(
  Effect.scoped,
  Effect.provideServiceEffect(FileSystem.FileSystem, counted),
  Effect.provide(NodeFileSystem.layer)
)

const start = performance.now()
const value = await Effect.runPromise(program)
console.log(JSON.stringify({ milliseconds: performance.now() - start, bytes, value }))
