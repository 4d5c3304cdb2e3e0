/** The NCO, NPY and cache vectors: every file that `manifest.json` lists. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Nco, NcoError, NcoFile, NcoHeader, NcoStream, NengoIndex, Npy, NpyHeader } from "../src/index.ts"
import { difference, type Tag } from "./tagged.ts"

/** One case: which, and what is wrong with it if anything is. */
export interface Outcome {
  readonly name: string
  readonly passed: boolean
  readonly message: string
}

interface ExpectedObject {
  readonly start?: number
  readonly header?: ReadonlyArray<number>
  readonly npy?: { readonly version: ReadonlyArray<number>; readonly dataOffset: number }
  readonly metadata?: Tag
  readonly array?: Tag
}

interface Expected extends ExpectedObject {
  readonly outcome: "accept" | "reject" | "either"
  readonly reason?: string
  readonly strings?: "latin1" | "bytes" | "utf8"
  readonly objects?: ReadonlyArray<ExpectedObject>
  readonly objectStarts?: ReadonlyArray<number>
  readonly starts?: ReadonlyArray<number>
  readonly gap?: readonly [number, number]
  readonly trailing?: readonly [number, number]
  readonly version?: Tag | ReadonlyArray<number>
  readonly secondPickleOffset?: number
  readonly index?: Tag
}

interface Vector {
  readonly file: string
  readonly kind: string
  readonly abi?: string
  readonly start?: number
  readonly expect: Expected
}

type Problem = string | undefined

/** Limits that every file of the vectors is within. */
const npy: Npy.Options = { maxHeaderSize: 1 << 20 }

const same = (what: string, expected: unknown, actual: unknown): Problem =>
  JSON.stringify(expected) === JSON.stringify(actual)
    ? undefined
    : `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`

const firstOf = (...problems: ReadonlyArray<Problem>): Problem => problems.find((problem) => problem !== undefined)

const thrown = (run: () => Problem): Problem => {
  try {
    return run()
  } catch (error) {
    return `threw ${String(error)}`
  }
}

const objectProblem = (expected: ExpectedObject, object: Nco.NcoObject, source: Uint8Array): Problem => {
  const { arrayEnd, arrayStart, pickleEnd, pickleStart, start } = object.header
  return firstOf(
    expected.header && same("header", expected.header, [pickleStart, pickleEnd, arrayStart, arrayEnd]),
    expected.metadata && difference(expected.metadata, object.metadata),
    expected.array && difference(expected.array, object.array),
    expected.npy && headerProblem(expected.npy, source.subarray(arrayStart - start))
  )
}

const headerProblem = (expected: NonNullable<ExpectedObject["npy"]>, bytes: Uint8Array): Problem => {
  const header = NpyHeader.decode(bytes, npy)
  if (Result.isFailure(header)) return header.failure.message
  return same("npy", [expected.version[0], expected.dataOffset], [header.success.version, header.success.dataOffset])
}

const collect = <A>(stream: Stream.Stream<A, NcoError.NcoError>) =>
  Effect.runSync(Effect.result(Stream.runCollect(stream)))

/** Reads the file in every way there is, and compares each with what is expected. */
const nco = (vector: Vector, bytes: Uint8Array): Problem => {
  const { expect } = vector
  const abi = vector.abi?.replace("ILP32/LLP64", "ILP32")
  const pickle = { profile: "lossless", strings: expect.strings ?? "ascii" } as const
  const options = { npy, pickle }
  const starts = expect.objects?.map((object) => object.start ?? 0) ?? expect.objectStarts ?? expect.starts
  const all = starts ?? [vector.start ?? expect.start ?? 0]
  for (const [i, start] of all.entries()) {
    const source = bytes.subarray(start)
    const object = Nco.decode(source, { ...options, start })
    if (Result.isFailure(object)) return `object ${i}: ${object.failure.message}`
    const problem = firstOf(
      objectProblem(expect.objects?.[i] ?? expect, object.success, source),
      abi && same("abi", abi, object.success.header.abi),
      same(
        "split",
        true,
        Result.isSuccess(Nco.decode(cut(bytes, object.success.header), { ...options, start: "slice" }))
      )
    )
    if (problem !== undefined) return `object ${i}: ${problem}`
  }
  const file = NcoFile.fromBytes(bytes, options)
  const found = collect(NcoFile.recover(file))
  if (Result.isFailure(found)) return found.failure.message
  const objects = found.success.flatMap((part) => (part._tag === "Object" ? [part.header] : []))
  const gaps = found.success.flatMap((part) => (part._tag === "Gap" ? [[part.start, part.end]] : []))
  const holes = expect.gap ?? expect.trailing
  const before = all[0] === 0 ? [] : [[0, all[0]]]
  const recovered = firstOf(
    same(
      "recovered",
      all,
      objects.map((header) => header.start)
    ),
    same("gaps", holes === undefined ? before : [...before, holes], gaps)
  )
  if (recovered !== undefined || gaps.length > 0) return recovered
  const pieces = Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / 97) }, (_, i) => bytes.subarray(i * 97, i * 97 + 97))
  )
  const streamed = collect(NcoStream.decode(options)(pieces))
  if (Result.isFailure(streamed)) return `streamed: ${streamed.failure.message}`
  return firstOf(
    same("streamed", all.length, streamed.success.length),
    ...streamed.success.map((object, i) =>
      objectProblem(expect.objects?.[i] ?? expect, object, cut(bytes, object.header))
    )
  )
}

const cut = (bytes: Uint8Array, header: NcoHeader.NcoHeader): Uint8Array =>
  bytes.subarray(header.start, header.arrayEnd)

const badNco = (vector: Vector, bytes: Uint8Array): Problem => {
  const { expect } = vector
  const object = Nco.decode(bytes, { pickle: { profile: "lossless" } })
  const read = Effect.runSync(Effect.result(NcoFile.read(NcoFile.fromBytes(bytes), 0)))
  const agreed =
    bytes.length === 0 ? undefined : same("file and bytes agree", Result.isSuccess(object), Result.isSuccess(read))
  if (expect.outcome === "either") return agreed
  if (expect.outcome === "accept") {
    return Result.isFailure(object)
      ? object.failure.message
      : firstOf(agreed, objectProblem(expect, object.success, bytes))
  }
  if (Result.isSuccess(object)) return "accepted"
  return firstOf(agreed, expect.reason && same("reason", expect.reason, object.failure.reason._tag))
}

const arrayFile = (vector: Vector, bytes: Uint8Array): Problem => {
  const { expect } = vector
  const array = Npy.decode(bytes)
  if (expect.outcome === "either") return undefined
  if (expect.outcome === "reject") return Result.isSuccess(array) ? "accepted" : undefined
  if (Result.isFailure(array)) return array.failure.message
  return firstOf(
    expect.array && difference(expect.array, array.success),
    expect.npy && headerProblem(expect.npy, bytes)
  )
}

const index = (vector: Vector, bytes: Uint8Array): Problem => {
  const { expect } = vector
  const decoded = NengoIndex.decode(bytes)
  if (Result.isFailure(decoded)) return decoded.failure.message
  const { places, protocol, version } = decoded.success
  const plain = (tag: Tag): unknown =>
    tag.t === "int" ? Number(tag["v"]) : Array.isArray(tag["v"]) ? tag["v"].map(plain) : tag["v"]
  const entries = (expect.index!["v"] as ReadonlyArray<readonly [Tag, Tag]>).map(([key, place]) => [
    plain(key),
    plain(place)
  ])
  return firstOf(
    same(
      "places",
      entries,
      [...places].map(([key, { end, path, start }]) => [key, [path, start, end]])
    ),
    expect.version && same("version", plain(expect.version as Tag), [version, protocol])
  )
}

const legacy = (vector: Vector, bytes: Uint8Array): Problem => {
  const decoded = NengoIndex.decodeLegacy(Buffer.from(bytes).toString("latin1"))
  if (Result.isFailure(decoded)) return decoded.failure.message
  const { protocol, version } = decoded.success
  return same("version", vector.expect.version, protocol === undefined ? [version] : [version, protocol])
}

const check = (vector: Vector, bytes: Uint8Array): Problem => {
  switch (vector.kind) {
    case "bad-nco":
    case "nco-object-array":
      return badNco(vector, bytes)
    case "npy":
    case "bad-npy":
      return arrayFile(vector, bytes)
    case "nengo-cache-index":
    case "nengo-cache-index-legacy":
      return index(vector, bytes)
    case "nengo-legacy-txt":
      return legacy(vector, bytes)
    default:
      return vector.kind.startsWith("nco") ? nco(vector, bytes) : `unknown kind ${vector.kind}`
  }
}

/** Runs every file of a directory shaped like the vectors. */
export const arrays = (directory: string): ReadonlyArray<Outcome> => {
  const { files } = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
    readonly files: ReadonlyArray<Vector>
  }
  return files.map((vector) => {
    const problem = thrown(() => check(vector, new Uint8Array(readFileSync(join(directory, vector.file)))))
    return { name: vector.file, passed: problem === undefined, message: problem ?? "" }
  })
}
