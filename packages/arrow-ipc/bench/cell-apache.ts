/**
 * `node cell-apache.ts FILE BATCH ROW`: one cell through apache-arrow's reader of file handles; prints as
 * `cell-ours.ts` does.
 */
import { open } from "node:fs/promises"
import { RecordBatchReader } from "apache-arrow"

const [path, batch, row] = process.argv.slice(2) as [string, string, string]
let bytes = 0

const start = performance.now()
const file = await open(path)
const read = file.read.bind(file) as (...args: ReadonlyArray<unknown>) => Promise<{ bytesRead: number }>
file.read = (async (...args: ReadonlyArray<unknown>) => {
  const result = await read(...args)
  bytes += result.bytesRead
  return result
}) as unknown as typeof file.read
const reader = await RecordBatchReader.from(file)
await reader.open()
const found = await (
  reader as unknown as {
    readRecordBatch: (i: number) => Promise<{ getChild: (name: string) => { get: (i: number) => number } }>
  }
).readRecordBatch(Number(batch))
const value = found.getChild("float64").get(Number(row))
console.log(JSON.stringify({ milliseconds: performance.now() - start, bytes, value }))
