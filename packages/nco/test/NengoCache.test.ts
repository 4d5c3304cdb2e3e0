import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { NcoFile, NdArray, NengoCache, NengoIndex, NengoSolverInfo } from "../src/index.ts"
import { memory, type Options } from "./files.ts"
import { describeError, failure, latin1 } from "./fixtures.ts"

const ok = Result.getOrThrow

/** The cache that Nengo made (`fixtures/make.py`), moved to `/cache`. */
const load = (): Map<string, Uint8Array> => {
  const root = fileURLToPath(new URL("fixtures/cache", import.meta.url))
  const names = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    names.map(({ name, parentPath }) => {
      const path = join(parentPath, name)
      return [`/cache${path.slice(root.length)}`, new Uint8Array(readFileSync(path))]
    })
  )
}

const on = <A, E>(
  files: Map<string, Uint8Array>,
  use: (cache: NengoCache.NengoCache) => Effect.Effect<A, E, Effect.Services<ReturnType<typeof NcoFile.open>>>,
  options: NengoCache.Options = {},
  disk?: Options
) => Effect.provide(Effect.scoped(Effect.flatMap(NengoCache.open("/cache", options), use)), memory(files, disk))

const array = ok(NdArray.make("float64", [2, 1], new Float64Array([1, 2])))
const index = (files: Map<string, Uint8Array>) => ok(NengoIndex.decode(files.get("/cache/index")!))
const paths = (files: Map<string, Uint8Array>) => [...files.keys()].filter((path) => path.endsWith(".nco"))

describe("Nengo's cache", () => {
  it.effect("is read by key and whole", () =>
    on(load(), (cache) =>
      Effect.gen(function* () {
        assert.deepEqual([cache.version, cache.protocol, cache.places.size], [2, 5, 3])
        const objects = yield* Stream.runCollect(NengoCache.objects(cache))
        for (const [key, { array, metadata }] of objects) {
          assert.match(key, /^[0-9a-f]{40}$/)
          const info = yield* Schema.decodeUnknownEffect(NengoSolverInfo.NengoSolverInfo)(metadata)
          assert.deepEqual([array.shape[1], info.rmses.shape], [1, [1]] as never)
          assert.isAbove(info.rmses.data[0]!, 0)
          assert.deepEqual((yield* NengoCache.get(cache, key)).array.toNested(), array.toNested())
        }
        const missing = yield* Effect.flip(NengoCache.get(cache, "0"))
        assert.strictEqual(describeError(missing), "NotFound@0")
      })
    )
  )

  it.effect("is whole", () =>
    on(load(), (cache) =>
      Effect.map(NengoCache.verify(cache), ({ dangling, intact, orphans, problems }) => {
        assert.deepEqual([dangling, orphans, problems], [[], [], []])
        assert.deepEqual(intact, [...cache.places.keys()])
      })
    )
  )
})

describe("verify and repair", () => {
  it.effect("find and drop keys whose file is gone, as Nengo leaves them", () => {
    const files = load()
    files.delete(paths(files)[0]!)
    return on(
      files,
      (cache) =>
        Effect.gen(function* () {
          const { cache: repaired, report } = yield* NengoCache.repair(cache)
          assert.deepEqual(
            report.dangling.map(({ error, key }) => [key, error.reason._tag]),
            [...cache.places.keys()].map((key) => [key, "NotFound"])
          )
          assert.strictEqual(repaired.places.size, 0)
          assert.deepEqual([...index(files).places], [])
          assert.isFalse(files.has("/cache/index.part"))
        }),
      { writable: true }
    )
  })

  it.effect("find objects without a key, damage, and places that are none", () => {
    const files = load()
    const path = paths(files)[0]!
    const [[first, place], [second, other]] = [...index(files).places] as unknown as readonly [
      readonly [string, NengoIndex.Place],
      readonly [string, NengoIndex.Place]
    ]
    files.set(path, new Uint8Array(Buffer.concat([files.get(path)!, latin1("tail")])))
    files.set("/cache/.hidden/x.nco", latin1("no"))
    files.set("/cache/8b/readme.txt", latin1("no"))
    const places = new Map([
      [first, place],
      [second, { ...other, start: other.start + 1 }],
      ["outside", { ...place, path: "/etc/../etc/passwd" }],
      ["up", { ...place, path: "/cache/../x.nco" }]
    ])
    files.set("/cache/index", ok(NengoIndex.encode({ version: 2, protocol: 5, places })))
    return on(
      files,
      (cache) =>
        Effect.gen(function* () {
          const report = yield* NengoCache.verify(cache)
          assert.deepEqual(report.intact, [first])
          assert.deepEqual(
            report.dangling.map(({ key }) => key),
            [second, "outside", "up"]
          )
          assert.deepEqual(
            report.orphans.map(({ header, path }) => [path, header.start]),
            [...index(load()).places.values()].slice(1).map(({ start }) => [path.slice(7), start])
          )
          assert.deepEqual(
            report.problems.map(({ error }) => error.reason._tag),
            ["NotNco", "TrailingGarbage"]
          )
          assert.strictEqual((yield* Effect.flip(NengoCache.get(cache, second))).reason._tag, "NotNco")
          assert.include((yield* Effect.flip(NengoCache.get(cache, "outside"))).message, "not the path of a file")
          yield* NengoCache.repair(cache)
          assert.deepEqual([...index(files).places], [[first, place]])
        }),
      { writable: true }
    )
  })

  it.effect("do not take a place that ends elsewhere", () => {
    const files = load()
    const [key, place] = [...index(files).places][0]!
    const places = new Map([[key, { ...place, end: place.end - 1 }]])
    files.set("/cache/index", ok(NengoIndex.encode({ version: 2, protocol: undefined, places })))
    return on(files, (cache) =>
      Effect.map(Effect.flip(NengoCache.get(cache, key)), (error) =>
        assert.strictEqual(describeError(error), `NotFound@${place.start}`)
      )
    )
  })

  it.effect("finds files by the last two parts of a path, whatever system wrote it", () => {
    const files = load()
    const [key, place] = [...index(files).places][0]!
    const moved = { ...place, path: `C:\\Users\\n\\${place.path.split("/").slice(-2).join("\\")}` }
    files.set("/cache/index", ok(NengoIndex.encode({ version: 1, protocol: 2, places: new Map([[key, moved]]) })))
    return on(files, (cache) =>
      Effect.gen(function* () {
        assert.strictEqual(cache.version, 1)
        assert.strictEqual((yield* NengoCache.get(cache, key)).array.shape[1], 1)
      })
    )
  })
})

describe("add", () => {
  it.effect("writes objects and index, and replaces keys", () => {
    const files = new Map<string, Uint8Array>()
    return on(
      files,
      (cache) =>
        Effect.gen(function* () {
          const entries = ["a", "b"].map((key, i) => ({ key, metadata: { i }, array }))
          const one = yield* NengoCache.add(cache, entries, { name: "12-three" })
          const two = yield* NengoCache.add(one, [{ key: "b", metadata: { i: 7 }, array }])
          assert.deepEqual((yield* NengoCache.get(two, "b")).metadata, { i: 7 })
          assert.deepEqual((yield* NengoCache.get(two, "a")).metadata, { i: 0 })
          const again = yield* NengoCache.open("/cache")
          assert.deepEqual(again.places, two.places)
          assert.isTrue(files.has("/cache/12/-three.nco"))
          const report = yield* NengoCache.verify(again)
          assert.deepEqual([report.intact, report.orphans.length], [["a", "b"], 1])
        }),
      { writable: true, create: true }
    )
  })

  it.effect("needs a writable cache with an index, and a name of a file", () =>
    Effect.gen(function* () {
      const refused = (files: Map<string, Uint8Array>, options: NengoCache.Options, name?: string) =>
        on(
          files,
          (cache) => Effect.map(Effect.flip(NengoCache.add(cache, [], { name })), (error) => error.reason._tag),
          options
        )
      assert.strictEqual(yield* refused(load(), {}), "NotRepresentable")
      const legacy = new Map([["/cache/legacy.txt", latin1("0\n")]])
      assert.strictEqual(yield* refused(legacy, { writable: true }), "NotRepresentable")
      for (const name of ["", "ab", "../../x", "a/b"]) {
        assert.strictEqual(yield* refused(load(), { writable: true }, name), "NotRepresentable")
      }
      const repair = yield* Effect.flip(on(load(), NengoCache.repair))
      assert.include(repair.message, "read only")
    })
  )

  it.effect("leaves the old index where a write fails", () => {
    const files = load()
    const before = files.get("/cache/index")
    return Effect.gen(function* () {
      for (const call of ["writeFile", "rename", "writeAll"]) {
        const error = yield* Effect.flip(
          on(
            files,
            (cache) => NengoCache.add(cache, [{ key: "k", metadata: {}, array }]),
            { writable: true },
            {
              fail: (name) => name === call
            }
          )
        )
        assert.strictEqual(error.reason._tag, "Io")
        assert.strictEqual(files.get("/cache/index"), before)
      }
    })
  })
})

describe("open", () => {
  const opened = (files: Map<string, Uint8Array>, options?: NengoCache.Options, disk?: Options) =>
    Effect.flip(on(files, () => Effect.void, options, disk))

  it.effect("reads caches of legacy 0, whose file names are the keys", () => {
    const [path] = paths(load())
    const file = load().get(path!)!
    const first = [...index(load()).places.values()].find(({ start }) => start === 0)!
    const files = new Map([
      ["/cache/legacy.txt", latin1("0\n")],
      ["/cache/ab/cdef.nco", file.slice(0, first.end)]
    ])
    return on(
      files,
      (cache) =>
        Effect.gen(function* () {
          assert.deepEqual([cache.version, [...cache.places.keys()]], [0, ["abcdef"]] as never)
          assert.strictEqual((yield* NengoCache.get(cache, "abcdef")).array.shape[1], 1)
          const { report } = yield* NengoCache.repair(cache)
          assert.deepEqual(report.intact, ["abcdef"])
          assert.deepEqual([...files.keys()], ["/cache/legacy.txt", "/cache/ab/cdef.nco"])
        }),
      { writable: true }
    )
  })

  it.effect("fails where there is no index", () =>
    Effect.gen(function* () {
      assert.strictEqual(describeError(yield* opened(new Map())), "NotFound@0")
      assert.strictEqual(describeError(yield* opened(new Map([["/cache/legacy.txt", latin1("1.2\n")]]))), "NotFound@0")
      const newer = new Map([["/cache/legacy.txt", latin1("7")]])
      assert.strictEqual(describeError(yield* opened(newer)), "UnsupportedVersion@0 legacy.txt")
    })
  )

  it.effect("bounds the index, and fails with Io", () =>
    Effect.gen(function* () {
      assert.strictEqual(describeError(yield* opened(load(), { maxIndexBytes: 10 })), "LimitExceeded@0 /cache/index")
      for (const call of ["stat", "readFile"]) {
        assert.strictEqual(describeError(yield* opened(load(), {}, { fail: (name) => name === call })), "Io@0")
      }
      const listing = on(load(), NengoCache.verify, {}, { fail: (call) => call === "readDirectory" })
      assert.strictEqual(describeError(yield* Effect.flip(listing)), "Io@0")
    })
  )
})

describe("an index", () => {
  const places = new Map([["k", { path: "/p/ab/c.nco", start: 1, end: 2 }]])

  it("of Nengo is read, and written so that it is read the same", () => {
    const read = index(load())
    assert.deepEqual(ok(NengoIndex.decode(ok(NengoIndex.encode(read)))), read)
  })

  it.each([2, 3, 4, 5, undefined, 9])("is read back from protocol %s", (protocol) => {
    const index = { version: 2, protocol, places } as const
    assert.deepEqual(ok(NengoIndex.decode(ok(NengoIndex.encode(index)))), { ...index, protocol: protocol ?? 5 })
    const legacy = ok(NengoIndex.decode(ok(NengoIndex.encode({ ...index, version: 1 }))))
    assert.deepEqual(legacy, { version: 1, protocol: undefined, places })
  })

  it.each([
    ["\xff.", "PickleMalformed@0 index"],
    ["N.", "PickleMalformed@0 index"],
    ["(K\x02t.", "PickleMalformed@0 index"],
    ["(K\x02Nt.", "PickleMalformed@0 index"],
    ["(NK\x02t.", "PickleMalformed@0 index"],
    ["(K\x03K\x05t.", "UnsupportedVersion@0 version"],
    ["(K\x02K\x05t.", "PickleTruncated@7 index"],
    ["(K\x02K\x05t.N.", "PickleMalformed@7 index"],
    ["(K\x02K\x05t.(K\x01Nd.", "PickleMalformed@7 index"],
    ["(K\x02K\x05t.}.N.", "PickleTrailingBytes@9 index"],
    ["}.x", "PickleTrailingBytes@2 index"],
    ["(U\x01kNd.", "PickleMalformed@0 index"],
    ["(U\x01k(U\x01pK\x02K\x01td.", "PickleMalformed@0 index"],
    ["(U\x01k(U\x01pK\x02K\x03K\x04td.", "PickleMalformed@0 index"],
    ["(U\x01k(U\x01pK\x02Ntd.", "PickleMalformed@0 index"],
    ["(U\x01k(U\x01pNK\x02td.", "PickleMalformed@0 index"],
    ["(U\x01k(NK\x01K\x02td.", "PickleMalformed@0 index"]
  ])("%j is none", (text, expected) => {
    assert.strictEqual(failure(NengoIndex.decode(latin1(text))), expected)
  })

  it("has a legacy version beside it", () => {
    assert.deepEqual(ok(NengoIndex.decodeLegacy("0\n")), { version: 0, protocol: undefined })
    assert.deepEqual(ok(NengoIndex.decodeLegacy("1.2\n")), { version: 1, protocol: 2 })
    for (const text of ["", "2", "1.", "1.2.3", "x"]) {
      assert.strictEqual(failure(NengoIndex.decodeLegacy(text)), "UnsupportedVersion@0 legacy.txt")
    }
  })
})
