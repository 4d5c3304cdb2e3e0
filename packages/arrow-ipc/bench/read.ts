/** Reading the table of `data.ts`, beside the faster of apache-arrow and flechette. */
import * as flechette from "@uwdata/flechette"
import * as apache from "apache-arrow"
import * as Result from "effect/Result"
import { type Claim, measure, type Row, row } from "../../../harness/ratio.ts"
import { type ChunkedColumn, type NumberColumn, StreamReader, Table } from "../src/index.ts"
import { best } from "./peers.ts"

type Opened = ReturnType<typeof open>

const open = (bytes: Uint8Array) => ({
  ours: Result.getOrThrow(Table.fromBytes(bytes, { validation: "structural" })),
  flechette: flechette.tableFromIPC(bytes, { useBigInt: true }),
  apache: apache.tableFromIPC(bytes)
})

const sum = (values: Iterable<number | null>): number => {
  let sum = 0
  for (const value of values) if (value !== null) sum += value
  return sum
}

const characters = (values: Iterable<string | null>): number => {
  let length = 0
  for (const value of values) if (value !== null) length += value.length
  return length
}

const charactersOf = (column: ChunkedColumn.ChunkedColumn<unknown>): number => {
  let length = 0
  column.forEach((value) => {
    if (value !== null) length += (value as string).length
  })
  return length
}

const sumOf = (column: ChunkedColumn.ChunkedColumn<unknown>): number => {
  let sum = 0
  column.forEach((value) => {
    if (value !== null) sum += value as number
  })
  return sum
}

const sumNumbers = (column: ChunkedColumn.ChunkedColumn<unknown>): number => {
  let sum = 0
  const scratch = new Float64Array(column.chunks[0]!.length)
  for (const chunk of column.chunks) {
    const numbers = (chunk as NumberColumn.BigIntColumn).toNumbers(scratch)
    for (let i = 0; i < numbers.length; i++) sum += numbers[i]!
  }
  return sum
}

const sumBigints = (values: Iterable<bigint | null>): number => {
  let sum = 0n
  for (const value of values) if (value !== null) sum += value
  return Number(sum)
}

const lengths = (values: Iterable<{ readonly length: number } | null>): number => {
  let length = 0
  for (const value of values) if (value !== null) length += value.length
  return length
}

const sumOfLists = (column: ChunkedColumn.ChunkedColumn<unknown>): number => {
  let length = 0
  column.forEach((value) => {
    length += (value as ReadonlyArray<number>).length
  })
  return length
}

/** Text is measured from a fresh table each time: columns keep what they decoded. */
const fresh =
  <A>(bytes: Uint8Array, read: (table: Table.Table) => A) =>
  (): A =>
    read(open1(bytes))
const open1 = (bytes: Uint8Array) => Result.getOrThrow(Table.fromBytes(bytes, { validation: "structural" }))
const freshFlechette =
  <A>(bytes: Uint8Array, read: (table: flechette.Table) => A) =>
  (): A =>
    read(flechette.tableFromIPC(bytes, { useBigInt: true }))
const freshApache =
  <A>(bytes: Uint8Array, read: (table: apache.Table) => A) =>
  (): A =>
    read(apache.tableFromIPC(bytes))

const opening = (bytes: Uint8Array): Claim => ({
  what: "open, structurally checked",
  subject: { name: "ours", run: () => open1(bytes).length },
  against: best(
    { name: "flechette", run: freshFlechette(bytes, (table) => table.numRows) },
    { name: "apache-arrow", run: freshApache(bytes, (table) => table.numRows) }
  ),
  bound: { atMost: 0.75 }
})

const scans = ({ apache, flechette, ours }: Opened): ReadonlyArray<Claim> => [
  {
    what: "sum of a nullable int32 column by forEach",
    subject: { name: "ours", run: () => sumOf(ours.column("int32")) },
    against: best(
      { name: "flechette", run: () => sum(flechette.getChild("int32")) },
      { name: "apache-arrow", run: () => sum(apache.getChild("int32")!) }
    ),
    bound: { atMost: 0.25 }
  },
  {
    what: "sum of int64 in number mode",
    subject: { name: "ours", run: () => sumNumbers(ours.column("int64")) },
    against: best(
      { name: "flechette", run: () => sumBigints(flechette.getChild("int64")) },
      { name: "apache-arrow", run: () => sumBigints(apache.getChild("int64")!) }
    ),
    bound: { atMost: 0.12 }
  },
  {
    what: "list iteration",
    subject: { name: "ours", run: () => sumOfLists(ours.column("list")) },
    against: best(
      { name: "flechette", run: () => lengths(flechette.getChild("list")) },
      { name: "apache-arrow", run: () => lengths(apache.getChild("list")!) }
    ),
    bound: { atMost: 0.95 }
  }
]

const texts = (bytes: Uint8Array): ReadonlyArray<Claim> =>
  (
    [
      ["utf8", "1M utf8 to strings", 0.35],
      ["dict", "dictionary to strings", 0.55]
    ] as const
  ).map(([column, what, atMost]) => ({
    what,
    subject: { name: "ours", run: fresh(bytes, (table) => charactersOf(table.column(column))) },
    against: best(
      { name: "flechette", run: freshFlechette(bytes, (table) => characters(table.getChild(column))) },
      { name: "apache-arrow", run: freshApache(bytes, (table) => characters(table.getChild(column)!)) }
    ),
    bound: { atMost }
  }))

const objects = (bytes: Uint8Array): Claim => ({
  what: "1M rows to objects",
  subject: { name: "ours", run: fresh(bytes, (table) => table.toObjects().length) },
  against: { name: "flechette", run: freshFlechette(bytes, (table) => table.toArray().length) },
  bound: { atMost: 0.6 },
  rounds: 5
})

const apacheStream = async (chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  let rows = 0
  for await (const batch of await apache.RecordBatchReader.from(chunks)) rows += batch.numRows
  return rows
}

const median = (values: ReadonlyArray<number>): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/**
 * flechette cannot stream; apache-arrow's reader of chunks is asynchronous, ours is driven the same way. Each chunk is
 * a buffer of its own, as from a socket or file.
 */
const streaming = async (bytes: Uint8Array, what: string, size: number, atMost: number): Promise<Row> => {
  const pieces: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size))
  async function* chunks() {
    yield* pieces
  }
  const oursAsync = async (): Promise<number> => {
    const reader = new StreamReader.StreamReader({ validation: "structural" })
    let rows = 0
    for await (const chunk of chunks()) {
      for (const batch of Result.getOrThrow(reader.push(chunk))) rows += batch.length
    }
    return rows
  }
  const contenders = [oursAsync, () => apacheStream(chunks())]
  const ratios: Array<number> = []
  for (let round = 0; round <= 9; round++) {
    // Who goes first alternates: the second collects what the first left. Round 0 collects what came before.
    const first = round % 2
    const times = [0, 0]
    for (const which of [first, 1 - first]) {
      const start = performance.now()
      if ((await contenders[which]!()) !== 1_000_000) throw new Error("rows were lost")
      times[which] = performance.now() - start
    }
    if (round > 0) ratios.push(times[0]! / times[1]!)
  }
  return row(what, "apache-arrow", median(ratios), { atMost })
}

/** What full validation takes beyond opening, per million values and check. */
const validating = (bytes: Uint8Array): Row => {
  const time = (validation: "structural" | "full"): number => {
    const times: Array<number> = []
    for (let i = 0; i < 7; i++) {
      const start = performance.now()
      Result.getOrThrow(Table.fromBytes(bytes, { validation }))
      times.push(performance.now() - start)
    }
    return median(times)
  }
  // Null counts of three columns, offsets of two, text, indices, and none for fixed widths: seven checks of a million
  // values.
  const checks = 7
  const milliseconds = (time("full") - time("structural")) / checks
  return row("full validation, ms per million values and check", "absolute", milliseconds, { atMost: 2 })
}

export const reading = async (bytes: Uint8Array): Promise<ReadonlyArray<Row>> => {
  const rows: Array<Row> = [measure(opening(bytes)), validating(bytes)]
  const opened = open(bytes)
  for (const claim of scans(opened)) rows.push(measure(claim))
  for (const claim of texts(bytes)) rows.push(measure(claim))
  rows.push(measure(objects(bytes)))
  rows.push(await streaming(bytes, "stream in 64 KB chunks", 65_536, 0.95))
  rows.push(await streaming(bytes, "stream in 1 KB chunks", 1024, 0.7))
  return rows
}
