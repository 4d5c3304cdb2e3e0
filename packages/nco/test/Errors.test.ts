import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import {
  Nco,
  NcoError,
  NcoFile,
  NcoHeader,
  NcoStream,
  NdArray,
  NengoIndex,
  Npy,
  NpyHeader,
  Pickle
} from "../src/index.ts"
import { pickle } from "./assemble.ts"
import { memory } from "./files.ts"
import { latin1 } from "./fixtures.ts"

const ok = Result.getOrThrow

/** What a caller gets to see of a failure: all of its reason, the byte, the path, and the message. */
type Case = readonly [
  run: () => Result.Result<unknown, NcoError.NcoError>,
  reason: NcoError.Reason | Partial<NcoError.Reason>,
  offset: number,
  path: string,
  message: string
]

const array = ok(NdArray.make("float64", [4], Float64Array.of(1, 2, 3, 4)))
const object = ok(Nco.encode({ metadata: { time: 0.5, list: [1, 2] }, array }))
const npy = ok(Npy.encode(array))
const { header } = ok(Nco.decode(object))

const changed = (bytes: Uint8Array, at: number, ...values: ReadonlyArray<number>): Uint8Array => {
  const copy = bytes.slice()
  copy.set(values, at)
  return copy
}
const joined = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** The object with one of its offsets changed, the first being 0. */
const moved = (index: number, to: number): Uint8Array => {
  const copy = object.slice()
  new DataView(copy.buffer).setBigUint64(8 + 8 * index, BigInt(to), true)
  return copy
}
const npyOf = (text: string): Uint8Array => {
  const prefix = Uint8Array.of(...latin1("\x93NUMPY"), 1, 0, text.length & 255, text.length >> 8)
  return joined(prefix, latin1(text))
}
const descr = (text: string): Uint8Array => npyOf(`{'descr': ${text}, 'fortran_order': False, 'shape': (2,)}`)
const at = header.arrayStart
const problems = (bytes: Uint8Array): Result.Result<never, NcoError.NcoError> =>
  Result.fail(Effect.runSync(NcoFile.verify(NcoFile.fromBytes(bytes))).problems[0]!)
const run = <A>(effect: Effect.Effect<A, NcoError.NcoError>) => Effect.runSync(Effect.result(effect))

const cases: { readonly [Tag in NcoError.Reason["_tag"]]: ReadonlyArray<Case> } = {
  NotNco: [
    [
      () => Nco.decode(latin1("PK\x03\x04")),
      { found: "50 4b 03" },
      0,
      "magic",
      'NotNco at byte 0 (magic): not an NCO object: expected "NCO", found 50 4b 03'
    ],
    [() => problems(joined(latin1("XY"), object)), { found: "58 59 4e" }, 0, "magic", "found 58 59 4e"]
  ],
  UnsupportedVersion: [
    [
      () => Nco.decode(changed(object, 3, 7)),
      { what: "NCO", version: "7" },
      3,
      "version",
      "NCO version 7 is not supported"
    ],
    [() => Npy.decode(changed(npy, 6, 4)), { what: "NPY", version: "4.0" }, 6, "version", "NPY version 4.0 is not"],
    [
      () => Nco.decode(changed(object, at + 7, 9)),
      { what: "NPY", version: "1.9" },
      at + 6,
      "array/version",
      `UnsupportedVersion at byte ${at + 6} (array/version): NPY version 1.9 is not supported`
    ],
    [
      () => Pickle.decode(pickle("\x80\x06N.")),
      { what: "pickle protocol", version: "6" },
      0,
      "",
      "UnsupportedVersion at byte 0: pickle protocol version 6 is not supported"
    ],
    [
      () => NengoIndex.decode(joined(ok(Pickle.encode([3, 5])), ok(Pickle.encode({})))),
      { what: "index" },
      0,
      "version",
      "index version 3"
    ]
  ],
  TruncatedHeader: [
    [
      () => Nco.decode(object.subarray(0, 39)),
      { needed: 40, available: 39 },
      0,
      "header",
      "TruncatedHeader at byte 0 (header): the input ends early: 40 bytes needed, 39 available"
    ]
  ],
  AmbiguousAbi: [
    [
      () => NcoHeader.decode(ambiguous(), { fileSize: 2 ** 52 }),
      { candidates: ["LP64-LE", "LP64-BE"] },
      0,
      "header",
      "AmbiguousAbi at byte 0 (header): the C layout cannot be told (candidates: LP64-LE, LP64-BE): name it with the option abi"
    ]
  ],
  OffsetsOutOfOrder: [[() => Nco.decode(moved(1, 40)), {}, 16, "header/pickleEnd", "pickle_end 40"]],
  OffsetsOverlap: [[() => Nco.decode(moved(0, 8)), {}, 8, "header/pickleStart", "pickle_start 8"]],
  OffsetsOutOfFile: [
    [
      () => Nco.decode(moved(3, 2 ** 40)),
      {},
      32,
      "header/arrayEnd",
      `array_end ${2 ** 40} is beyond the end ${object.length}`
    ]
  ],
  PickleTrailingBytes: [
    [() => Pickle.decode(pickle("N.N.")), { count: 2 }, 2, "", "PickleTrailingBytes at byte 2: 2 unexpected bytes"],
    [() => Nco.decode(moved(1, header.pickleEnd + 1)), { count: 1 }, header.pickleEnd, "metadata", "1 unexpected bytes"]
  ],
  NpyTrailingBytes: [
    [() => Npy.decode(joined(npy, Uint8Array.of(1)), { trailing: "error" }), { count: 1 }, 160, "data", "1 unexpected"],
    [
      () => Nco.decode(joined(moved(3, object.length + 3), new Uint8Array(3))),
      { count: 3 },
      object.length,
      "array/data",
      "3"
    ]
  ],
  TrailingGarbage: [
    [
      () => Nco.decode(joined(object, latin1("xyz")), { trailing: "error" }),
      { count: 3 },
      object.length,
      "",
      `TrailingGarbage at byte ${object.length}: 3 unexpected bytes`
    ]
  ],
  Gap: [
    [
      () => Result.fail(verified(joined(object, new Uint8Array(64), rebased(object.length + 64))).at(-1)!),
      { count: 64 },
      object.length,
      "",
      "64 unexpected bytes"
    ]
  ],
  PickleTruncated: [
    [() => Pickle.decode(pickle("")), { needed: 1, available: 0 }, 0, "", "1 bytes needed, 0 available"],
    [
      () => Pickle.decode(pickle("]X\x09\0\0\0abc")),
      { needed: 14, available: 8 },
      1,
      "",
      "14 bytes needed, 8 available"
    ],
    [() => Pickle.decode(pickle("\x95\0\0\0\0\x01\0\0\0N.")), { available: 11 }, 0, "", "11 available"],
    [
      () => Nco.decode(moved(1, header.pickleEnd - 1)),
      { needed: 45, available: 44 },
      header.pickleStart + 2,
      "metadata",
      "45 bytes needed, 44 available"
    ]
  ],
  NpyTruncated: [
    [() => Npy.decode(npy.subarray(0, 9)), { needed: 10, available: 9 }, 0, "header", "10 bytes needed"],
    [() => Npy.decode(npy.subarray(0, 100)), { needed: 128, available: 100 }, 0, "header", "128 bytes needed"],
    [
      () => Npy.decode(npy.subarray(0, 159)),
      { needed: 32, available: 31 },
      128,
      "data",
      "32 bytes needed, 31 available"
    ]
  ],
  NpyBadMagic: [
    [
      () => Npy.decode(latin1("\x93NUMPX\x01\0")),
      { found: "93 4e 55 4d 50 58" },
      0,
      "magic",
      'NpyBadMagic at byte 0 (magic): not an NPY array: expected "\\x93NUMPY", found 93 4e 55 4d 50 58'
    ]
  ],
  NpyMalformed: [
    [
      () => NpyHeader.decode(npyOf("{'descr': x}")),
      { detail: "expected a literal" },
      20,
      "header",
      "expected a literal"
    ],
    [() => NpyHeader.decode(descr("'<f9'")), { detail: '"<f9" is not a dtype' }, 10, "descr", '"<f9" is not a dtype'],
    [() => NpyHeader.decode(descr("'|O'")), {}, 10, "descr", "arrays of Python objects hold a pickle"]
  ],
  PickleMalformed: [
    [() => Pickle.decode(pickle("\xff.")), { opcode: "0xff", detail: "no such opcode" }, 0, "", "0xff: no such opcode"],
    [() => Pickle.decode(pickle("N0a.")), { opcode: "APPEND" }, 2, "", "APPEND: the stack has no value to take"],
    [
      () => Nco.decode(changed(object, header.pickleStart, 0xff)),
      { opcode: "0xff" },
      header.pickleStart,
      "metadata",
      ""
    ]
  ],
  PickleUnknownGlobal: [
    [
      () => Pickle.decode(pickle("cos\nsystem\n(Vid\ntR.")),
      { module: "os", name: "system" },
      0,
      "",
      "PickleUnknownGlobal at byte 0: the pickle refers to os.system, which the registry does not hold: register it, or decode in opaque mode"
    ]
  ],
  LimitExceeded: [
    [
      () => Pickle.decode(pickle("]]]aa."), { limits: { maxDepth: 2 } }),
      { limit: "maxDepth", value: 3, maximum: 2 },
      5,
      "",
      "3 exceeds the limit maxDepth of 2"
    ],
    [
      () => NpyHeader.decode(npy, { maxHeaderSize: 100 }),
      { limit: "maxHeaderSize", value: 118, maximum: 100 },
      8,
      "headerLength",
      "118 exceeds the limit maxHeaderSize of 100"
    ],
    [() => Pickle.encode([[[1]]], { maxDepth: 2 }), { limit: "maxDepth", value: 3, maximum: 2 }, 0, "0/0", "of 2"]
  ],
  NotRepresentable: [
    [
      () => Pickle.encode({ a: [1, () => 1] }),
      { detail: "a function" },
      0,
      "a/1",
      "NotRepresentable at byte 0 (a/1): a function"
    ],
    [
      () => Nco.encode({ metadata: { a: { b: Symbol("s") } }, array }),
      { detail: "a symbol" },
      0,
      "metadata/a/b",
      "a symbol"
    ],
    [() => Pickle.decode(pickle("}K\x01Ns.")), {}, 4, "", 'use the option dicts: "map" or the lossless profile'],
    [() => NdArray.make("float64", [1], Int8Array.of(1) as never), {}, 0, "data", "a float64 array is a Float64Array"]
  ],
  NotFound: [
    [() => run(NcoFile.nth(NcoFile.fromBytes(object), 1)), {}, object.length, "", ""],
    [() => run(NcoFile.read(NcoFile.fromBytes(object), 9999)), {}, 9999, "", ""]
  ],
  Io: [
    [
      () =>
        run(
          Effect.scoped(NcoFile.open("/gone")).pipe(Effect.provide(memory(new Map()))) as Effect.Effect<
            unknown,
            NcoError.NcoError
          >
        ),
      {},
      0,
      "",
      "no such file"
    ]
  ]
}

/** A header whose offsets mean something in both byte orders. */
function ambiguous(): Uint8Array {
  const bytes = new Uint8Array(40)
  bytes.set(latin1("NCO"))
  for (let offset = 8; offset < 40; offset += 8) bytes[offset + 3] = 1
  return bytes
}

/** The object as it is at another position of a file. */
function rebased(start: number): Uint8Array {
  return ok(Nco.encode({ metadata: { time: 0.5, list: [1, 2] }, array }, { start }))
}

function verified(bytes: Uint8Array): ReadonlyArray<NcoError.NcoError> {
  return Effect.runSync(NcoFile.verify(NcoFile.fromBytes(bytes))).problems
}

describe.each(Object.entries(cases))("%s", (tag, list) => {
  it.each(list.map(([run, reason, offset, path, message], i) => [i, run, reason, offset, path, message] as const))(
    "case %i names the byte, the path and what to know",
    (_, run, reason, offset, path, message) => {
      const result = run()
      assert.isTrue(Result.isFailure(result), "it was accepted")
      const error = ok(Result.flip(result))
      assert.instanceOf(error, NcoError.NcoError)
      assert.strictEqual(error._tag, "NcoError")
      assert.strictEqual(error.reason._tag as string, tag)
      assert.deepInclude(error.reason, reason)
      assert.deepEqual([error.offset, error.path], [offset, path])
      assert.include(error.message, message)
    }
  )
})

describe("through a schema", () => {
  it("the issue of a damaged pickle carries the error", () => {
    const failed = Schema.decodeResult(Pickle.schema(Schema.Unknown))(pickle("cos\nsystem\n."))
    assert.isTrue(Result.isFailure(failed))
    const shown = JSON.stringify(ok(Result.flip(failed)))
    assert.include(shown + String(ok(Result.flip(failed))), "os.system")
  })
})

describe("through a stream", () => {
  it.effect("an object after sound ones fails at its own byte", () =>
    Effect.gen(function* () {
      const second = rebased(object.length)
      const bytes = joined(object, changed(second, 3, 1))
      const error = yield* Effect.flip(Stream.runDrain(NcoStream.decode()(Stream.make(bytes))))
      assert.strictEqual(
        error.message,
        `UnsupportedVersion at byte ${object.length + 3} (version): NCO version 1 is not supported`
      )
    })
  )
})
