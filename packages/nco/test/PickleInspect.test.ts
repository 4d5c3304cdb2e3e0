import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { NcoError, Pickle } from "../src/index.ts"
import { call, encode, pickle } from "./assemble.ts"

describe("scan", () => {
  it("lists names with a verdict, and makes nothing of them", () => {
    const bytes = pickle(`(${call("os:system", "Vls\n")}${call("__builtin__:xrange")}cos\nsystem\nPid\nl.`)
    assert.deepStrictEqual(Pickle.scan(bytes), {
      verdict: "unknown",
      globals: [
        { module: "os", name: "system", known: false },
        { module: "builtins", name: "range", known: true }
      ],
      error: undefined
    })
    const broken = Pickle.scan(pickle("cos\nsystem\n)Rx"))
    assert.strictEqual(broken.verdict, "malformed")
    assert.strictEqual(broken.error?.reason._tag, "PickleMalformed")
    assert.deepStrictEqual(broken.globals, [{ module: "os", name: "system", known: false }])
    // What the decoder refuses though the name looks known, is not called safe.
    assert.strictEqual(Pickle.scan(pickle("c__builtin__\nlong\n.")).verdict, "unknown")
    assert.strictEqual(Pickle.scan(encode({ a: [1] })).verdict, "safe")
  })
})

describe("instructions", () => {
  it("have positions and arguments", () => {
    assert.deepStrictEqual(Result.getOrThrow(Pickle.instructions(pickle("xI01\n.I"), { start: 1 })), [
      { position: 1, code: 0x49, name: "INT", argument: true },
      { position: 5, code: 0x2e, name: "STOP", argument: undefined }
    ])
  })

  it("are listed even where Python's stack would be wrong", () => {
    const text = "(I00\nS'a'\nU\x01bT\x01\x00\x00\x00cPid\n\x8a\x00(N00t1.."
    const lines = Result.getOrThrow(Pickle.disassemble(pickle(text))).split("\n")
    assert.deepStrictEqual(lines, [
      "    0: (    MARK",
      "    1: I        INT        False",
      "    5: S        STRING     'a'",
      "   10: U        SHORT_BINSTRING 'b'",
      "   13: T        BINSTRING  'c'",
      "   19: P        PERSID     'id'",
      "   23: \\x8a     LONG1      0",
      "   25: (        MARK",
      "   26: N            NONE",
      "   27: 0            POP",
      "   28: 0            POP        (MARK at 25)",
      "   29: t        TUPLE      (MARK at 0)",
      "   30: 1    POP_MARK   no MARK exists on stack",
      "   31: .    STOP",
      "highest protocol among opcodes = 2",
      ""
    ])
  })

  it("shows bytearrays as Python does, whose quotes are escaped in either kind of quotes", () => {
    const shown = (text: string) => {
      const length = `${String.fromCharCode(text.length)}${"\0".repeat(7)}`
      return Result.getOrThrow(Pickle.disassemble(pickle(`\x96${length}${text}.`)))
        .split("\n")[0]!
        .slice(23)
    }
    assert.strictEqual(shown("a'"), String.raw`bytearray(b"a\'")`)
    assert.strictEqual(shown(`'"`), String.raw`bytearray(b'\'"')`)
    assert.strictEqual(shown(`"\xff`), String.raw`bytearray(b'"\xff')`)
  })

  for (const [text, message] of [
    ["", "PickleTruncated at byte 0: the input ends early: 1 bytes needed, 0 available"],
    ["N\x8c\x05a", "PickleTruncated at byte 1: the input ends early: 7 bytes needed, 3 available"],
    ["N\xff", "PickleMalformed at byte 1: 0xff: no such opcode"],
    ["Ix\n", 'PickleMalformed at byte 0: INT: "x" is not an int'],
    [`I${"1".repeat(4301)}\n`, "LimitExceeded at byte 0: 4301 exceeds the limit maxIntDigits of 4300"],
    [`\x8b\x01\x00\x01\x00${"\0".repeat(65537)}`, "PickleMalformed at byte 0: LONG4: an int of more than 65536 bytes"]
  ] as const) {
    it(message, () => {
      const result = Pickle.instructions(pickle(text))
      assert.strictEqual(Result.isFailure(result) ? result.failure.message : "accepted", message)
    })
  }
})

describe("a schema over bytes", () => {
  const Info = Pickle.schema(Schema.Struct({ name: Schema.String, rmses: Schema.Array(Schema.Finite) }))

  it.effect("reads and writes", () =>
    Effect.gen(function* () {
      const value = { name: "a", rmses: [1, 0.5] }
      const bytes = yield* Schema.encodeEffect(Info)(value)
      assert.deepStrictEqual(yield* Schema.decodeEffect(Info)(bytes), value)
    })
  )

  it("says what is wrong with the pickle, and where", () => {
    const { failure } = Schema.decodeResult(Info)(pickle("cos\nsystem\n.")) as {
      readonly failure: { readonly message: string }
    }
    assert.include(failure.message, "PickleUnknownGlobal at byte 0: the pickle refers to os.system")
    const wrong = Schema.decodeResult(Info)(encode({ name: 1, rmses: [] })) as {
      readonly failure: { readonly message: string }
    }
    assert.include(wrong.failure.message, '["name"]')
    const unwritten = Schema.encodeResult(Pickle.schema(Schema.Unknown))(() => 1) as {
      readonly failure: { readonly message: string }
    }
    assert.include(unwritten.failure.message, "NotRepresentable")
  })
})

describe("where there is no Buffer", () => {
  it("text is read all the same", async () => {
    vi.resetModules()
    vi.stubGlobal("Buffer", undefined)
    try {
      const alone = await import("../src/Pickle.ts")
      for (const text of [
        "plain text, longer than a dozen",
        "\ufeffé日😀 and so on, and so on",
        "a lone \ud800 is kept as it is",
        "\ufffd".repeat(9)
      ]) {
        assert.strictEqual(Result.getOrThrow(alone.decode(Result.getOrThrow(alone.encode(text)))), text)
      }
    } finally {
      vi.unstubAllGlobals()
      vi.resetModules()
    }
  })
})

describe("errors", () => {
  it("have a message for every reason", () => {
    const messages = (
      [
        { _tag: "NotNco", found: "x" },
        { _tag: "AmbiguousAbi", candidates: [] },
        { _tag: "AmbiguousAbi", candidates: ["a", "b"] },
        { _tag: "TruncatedHeader", needed: 2, available: 1 },
        { _tag: "NpyTruncated", needed: 2, available: 1 },
        { _tag: "NpyTrailingBytes", count: 1 },
        { _tag: "TrailingGarbage", count: 1 },
        { _tag: "Gap", count: 1 },
        { _tag: "NpyBadMagic", found: "x" },
        { _tag: "Io", cause: new Error("disk") }
      ] as const
    ).map((reason) => NcoError.make(reason, 1).message.split(": ").slice(1).join(": "))
    assert.deepStrictEqual(messages, [
      'not an NCO object: expected "NCO", found x',
      "the C layout cannot be told (candidates: none): name it with the option abi",
      "the C layout cannot be told (candidates: a, b): name it with the option abi",
      "the input ends early: 2 bytes needed, 1 available",
      "the input ends early: 2 bytes needed, 1 available",
      "1 unexpected bytes",
      "1 unexpected bytes",
      "1 unexpected bytes",
      'not an NPY array: expected "\\x93NUMPY", found x',
      "disk"
    ])
  })
})
