/** The command line. */
import type { ArrowError } from "@bytewright/arrow-ipc/ArrowError"
import * as Format from "@bytewright/arrow-ipc/Format"
import * as StreamWriter from "@bytewright/arrow-ipc/StreamWriter"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { dialect } from "./Envelope.ts"
import { explain, format } from "./Explain.ts"
import * as Input from "./Input.ts"
import * as Print from "./Print.ts"

const file = Argument.String("file").pipe(
  Argument.withDefault("-"),
  Argument.withDescription("an Arrow stream or file; - is standard input")
)

const json = Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("print JSON"))

const hint = (error: ArrowError | PlatformError, path: string): string =>
  error._tag === "ArrowError" && error.reason._tag !== "FileError" && path !== "-"
    ? `${error.message}\nWhat lies where: arrow explain ${path}`
    : error.message

const told = (path: string) =>
  Effect.mapError(
    (error: ArrowError | PlatformError) => new CliError.UserError({ cause: error, userMessage: hint(error, path) })
  )

const print = (lines: ReadonlyArray<string>) => Console.log(lines.join("\n"))

const schema = Command.make(
  "schema",
  { file, json },
  Effect.fnUntraced(
    function* ({ file, json }) {
      const input = yield* Input.open(file)
      yield* json ? Console.log(Print.schemaJson(input.schema)) : print(Print.schema(input.schema))
    },
    (effect, { file }) => told(file)(Effect.scoped(effect))
  )
).pipe(Command.withDescription("Print the fields, their types and metadata"))

const columns = Flag.String("columns").pipe(
  Flag.withDefault(""),
  Flag.withMetavar("a,b"),
  Flag.withDescription("the columns to read, by name; the others are not looked at")
)

const count = Flag.Int("rows").pipe(Flag.withAlias("n"), Flag.withDefault(10), Flag.withDescription("how many rows"))

const head = Command.make(
  "head",
  { file, json, rows: count, columns },
  Effect.fnUntraced(
    function* ({ columns, file, json, rows }) {
      const input = yield* Input.open(file, columns === "" ? {} : { columns: columns.split(",") })
      const found: Array<ReadonlyArray<unknown>> = []
      const batches = Stream.takeUntil(input.batches, (batch) => {
        found.push(...batch.slice(0, Math.max(0, rows - found.length)).toArrays())
        return found.length >= rows
      })
      const last = yield* Stream.runLast(batches)
      const fields = last._tag === "Some" ? last.value.schema.fields : input.schema.fields
      const { stdoutIsTerminal } = yield* Stdio.Stdio
      if (json || !(yield* stdoutIsTerminal)) {
        if (found.length > 0) yield* print(found.map((row) => Print.rowJson(fields, row)))
      } else yield* print(Print.rows(fields, found))
    },
    (effect, { file }) => told(file)(Effect.scoped(effect))
  )
).pipe(Command.withDescription("Print the first rows: a table on a terminal, JSON lines elsewhere"))

const level = Flag.Literals("level", ["structural", "full", "semantic"]).pipe(
  Flag.withDefault("full"),
  Flag.withDescription(
    "structural: lengths and bounds; full: every offset, index and text; semantic: decimals and dates too"
  )
)

const validate = Command.make(
  "validate",
  { file, level },
  Effect.fnUntraced(
    function* ({ file, level }) {
      const input = yield* Input.open(file, { validation: level })
      let batches = 0
      let rows = 0
      yield* Stream.runForEach(input.batches, (batch) =>
        Effect.sync(() => {
          batches++
          rows += batch.length
        })
      )
      yield* Console.log(`valid (${level}): ${batches} batches, ${rows} rows, ${input.schema.fields.length} columns`)
    },
    (effect, { file }) => told(file)(Effect.scoped(effect))
  )
).pipe(Command.withDescription("Read everything and check it; fails at the first fault with its byte and field"))

const explainCommand = Command.make(
  "explain",
  {
    file,
    hex: Flag.Boolean("hex").pipe(Flag.withDefault(false), Flag.withDescription("print fields and bytes below each"))
  },
  Effect.fnUntraced(
    function* ({ file, hex }) {
      const bytes = yield* Input.readAll(file)
      const isDialect = Result.getOrUndefined(Format.detect(bytes)) === "oxigdal-dialect"
      yield* print(isDialect ? dialect(bytes) : format(explain(bytes), hex ? bytes : undefined))
    },
    (effect, { file }) => told(file)(effect)
  )
).pipe(Command.withDescription("Print every message and buffer: offset, bytes, what it is; a fault is marked with !!"))

const compressions = { none: undefined, lz4: "LZ4_FRAME", zstd: "ZSTD" } as const

const convert = Command.make(
  "convert",
  {
    file,
    to: Flag.Literals("to", ["stream", "file"]).pipe(
      Flag.withDefault("file"),
      Flag.withDescription("the format to write")
    ),
    compression: Flag.Literals("compression", ["none", "lz4", "zstd"]).pipe(
      Flag.withDefault("none"),
      Flag.withDescription("how buffers are compressed")
    ),
    alignment: Flag.Literals("alignment", ["8", "64"]).pipe(
      Flag.withDefault("8"),
      Flag.withDescription("of buffers, in bytes")
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withDefault("-"),
      Flag.withDescription("where to write; - is standard output")
    )
  },
  Effect.fnUntraced(
    function* ({ alignment, compression, file, output, to }) {
      const input = yield* Input.open(file)
      const bytes = input.batches.pipe(
        StreamWriter.encode(input.schema, {
          format: to,
          compression: compressions[compression],
          alignment: alignment === "64" ? 64 : 8,
          footerMetadata: input.footerMetadata
        })
      )
      const fileSystem = yield* FileSystem.FileSystem
      const stdio = yield* Stdio.Stdio
      yield* Stream.run(bytes, output === "-" ? stdio.stdout() : fileSystem.sink(output))
    },
    (effect, { file }) => told(file)(Effect.scoped(effect))
  )
).pipe(
  Command.withDescription("Write it as a stream or file, compressed or not; a batch at a time"),
  Command.withExamples([
    {
      command: "arrow convert data.arrows --compression zstd -o data.arrow",
      description: "A stream as a compressed file"
    }
  ])
)

/** `arrow schema | head | validate | explain | convert`. */
export const arrow = Command.make("arrow").pipe(
  Command.withDescription("Looks into Arrow streams and files"),
  Command.withSubcommands([schema, head, validate, explainCommand, convert])
)
