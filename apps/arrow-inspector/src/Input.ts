/** Where the bytes come from: a file, or standard input as `-`. */
import type { ArrowError } from "@bytewright/arrow-ipc/ArrowError"
import * as ArrowFile from "@bytewright/arrow-ipc/ArrowFile"
import * as ArrowStream from "@bytewright/arrow-ipc/ArrowStream"
import { CompressionCodecs } from "@bytewright/arrow-ipc/CompressionCodecs"
import { isFile } from "@bytewright/arrow-ipc/FileReader"
import { explainFailure } from "@bytewright/arrow-ipc/Format"
import type { ReadOptions } from "@bytewright/arrow-ipc/ReadOptions"
import type { RecordBatch } from "@bytewright/arrow-ipc/RecordBatch"
import type { KeyValue, Schema } from "@bytewright/arrow-ipc/Schema"
import * as Table from "@bytewright/arrow-ipc/Table"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** A schema and the batches that follow it, read as they are asked for. */
export interface Input {
  readonly schema: Schema
  readonly batches: Stream.Stream<RecordBatch, ArrowError | PlatformError>
  readonly footerMetadata: ReadonlyArray<KeyValue>
}

const standardInput = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio
  const chunks = yield* Stream.runCollect(stdin)
  return new Uint8Array(Buffer.concat(chunks))
})

/** All bytes of `path`, or of standard input. */
export const readAll = Effect.fnUntraced(function* (path: string) {
  if (path === "-") return yield* standardInput
  const fileSystem = yield* FileSystem.FileSystem
  return yield* fileSystem.readFile(path)
})

const fromBytes = Effect.fnUntraced(function* (bytes: Uint8Array, options: ReadOptions) {
  const codecs = yield* CompressionCodecs
  const table = yield* Effect.fromResult(Table.fromBytes(bytes, { ...options, codecs }))
  const input: Input = {
    schema: table.schema,
    batches: Stream.fromIterable(table.batches),
    footerMetadata: table.metadata
  }
  return input
})

/** Opens `path`: a file by its footer, a stream from its start. Standard input is read to its end first. */
export const open = Effect.fnUntraced(function* (path: string, options: ReadOptions = {}) {
  if (path === "-") return yield* fromBytes(yield* standardInput, options)
  const fileSystem = yield* FileSystem.FileSystem
  const file = yield* fileSystem.open(path, { flag: "r" })
  const head = new Uint8Array(4096)
  const length = yield* file.read(head, { position: 0n })
  if (isFile(head)) {
    const opened = yield* ArrowFile.open(path, options)
    const batches = opened.length === 0 ? Stream.empty : opened.recordBatches()
    const input: Input = { schema: opened.schema, batches, footerMetadata: (yield* opened.footer).customMetadata }
    return input
  }
  const read = yield* ArrowStream.decode(fileSystem.stream(path), options).pipe(
    Effect.mapError((error) =>
      error._tag === "ArrowError" ? explainFailure(head.subarray(0, Number(length)), error) : error
    )
  )
  const input: Input = { ...read, footerMetadata: [] }
  return input
})
