import { assert, describe, it } from "@effect/vitest"
import { Pickle, Py } from "../src/index.ts"
import { decode, lossless, pickle, refused, summary } from "./assemble.ts"

describe("text opcodes take what Python's own reader takes", () => {
  const refusals: ReadonlyArray<readonly [text: string, message: string]> = [
    ["F 1.5\n.", 'PickleMalformed@0 PickleMalformed at byte 0: FLOAT: " 1.5" is not a float'],
    ["F1.5\r\n.", 'PickleMalformed@0 PickleMalformed at byte 0: FLOAT: "1.5\\r" is not a float'],
    ["NF1e400\n.", 'PickleMalformed@1 PickleMalformed at byte 1: FLOAT: "1e400" is not a float'],
    ["I010\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "010" is not an int'],
    ["I-00x1\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "-00x1" is not an int'],
    ["I0x\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "0x" is not an int'],
    ["L0b2\n.", 'PickleMalformed@0 PickleMalformed at byte 0: LONG: "0b2" is not an int'],
    ["I0o8\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "0o8" is not an int'],
    ["I1__0\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "1__0" is not an int'],
    ["I1_\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "1_" is not an int'],
    ["I- 1\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "- 1" is not an int'],
    ["I1L\n.", 'PickleMalformed@0 PickleMalformed at byte 0: INT: "1L" is not an int'],
    ["L-007L\n.", 'PickleMalformed@0 PickleMalformed at byte 0: LONG: "-007" is not an int'],
    ["S'a' \n.", "PickleMalformed@0 PickleMalformed at byte 0: STRING: a string wants quotes around it"],
    ["S'a'\r\n.", "PickleMalformed@0 PickleMalformed at byte 0: STRING: a string wants quotes around it"],
    ["S'\n.", "PickleMalformed@0 PickleMalformed at byte 0: STRING: a string wants quotes around it"]
  ]
  for (const [text, message] of refusals) {
    it(JSON.stringify(text), () => assert.strictEqual(summary(refused(text)), message))
  }

  it("zeros and signs stay numbers", () => {
    assert.deepStrictEqual(lossless("(I0\nL-0L\nI+7\nL0L\nF-0\nF1e308\nl."), [0n, 0n, 7n, 0n, -0, 1e308])
  })

  it("ints are Python's literals", () => {
    const text = "I0x1F\nI-0X_1_f\nI+0b1_01\nI0O17\nI1_000\nI \t-5\x0b\x0c\r\nI000\nI0_0\nL-0xffL\nL0b1\nL1_0L\nI0x1\n"
    assert.deepStrictEqual(lossless(`(${text}l.`), [31n, -31n, 5n, 15n, 1000n, -5n, 0n, 0n, -255n, 1n, 10n, 1n])
    const limits = { maxIntDigits: 4 }
    assert.deepStrictEqual(lossless("I1_23_4\n.", { limits }), 1234n)
    assert.strictEqual(refused("I12345\n.", { limits }).reason._tag, "LimitExceeded")
  })

  it("indices of the memo are whatever Python's int takes", () => {
    for (const index of ["5", "+5", "05", " 5", "5\t", "0_5", "+00_5 "]) {
      assert.deepStrictEqual(lossless(`I7\np${index}\n0g5\n.`), 7n, index)
      assert.deepStrictEqual(lossless(`I7\np5\n0g${index}\n.`), 7n, index)
    }
    assert.deepStrictEqual(lossless("I7\np-0\n0g0\n."), 7n)
    for (const index of ["-5", "0x5", "5L", "5 5", "", "_5", "\u0665", "\u00a05", "9007199254740992"]) {
      assert.include(refused(`I7\np${index}\n.`).message, "PUT: ", index)
      assert.strictEqual(refused(`I7\np${index}\n.`).reason._tag, "PickleMalformed", index)
    }
  })

  it("the disassembler shows decimal numbers only, as Python's does", () => {
    const shown = (text: string) => Pickle.disassemble(pickle(text))
    assert.deepInclude(shown("I010\nL1_0L\np+5\n."), { _tag: "Success" })
    assert.include((shown("I0x1f\n.") as { failure: { message: string } }).failure.message, '"0x1f" is not an int')
  })

  it("lines of any length end at their newline", () => {
    for (const size of [0, 1, 31, 32, 33, 64, 5000]) {
      assert.strictEqual(decode(`V${"a".repeat(size)}\n.`), "a".repeat(size))
      assert.strictEqual(refused(`V${"a".repeat(size)}.`).reason._tag, "PickleTruncated")
    }
    const bytes = pickle("Vab\n.")
    const window = Pickle.decode(bytes.subarray(0, 3))
    assert.strictEqual(window._tag, "Failure")
  })
})

describe("sets", () => {
  it("made frozen take no items, in any profile", () => {
    for (const profile of ["js", "lossless"] as const) {
      assert.include(refused("(I1\n\x91(I2\n\x90.", { profile }).message, "items are added to a set")
      assert.include(refused("cbuiltins\nfrozenset\n)R(I2\n\x90.", { profile }).message, "items are added to a set")
    }
    assert.deepStrictEqual(decode("cbuiltins\nset\n)R(I2\n\x90."), new Set([2]))
  })
})

describe("slices", () => {
  it("are keys, as in Python since 3.12", () => {
    const set = new Py.PySet([new Py.PySlice(1, 2), new Py.PySlice(1n, 2n, null), new Py.PySlice(1, 3)])
    assert.strictEqual(set.size, 2)
  })
})

describe("names of Python 2", () => {
  it("are those of today in what stays inert", () => {
    const named = (text: string) => String(lossless(text, { unknownGlobals: "opaque" }))
    assert.strictEqual(named("cUserDict\nIterableUserDict\n."), "collections.UserDict")
    assert.strictEqual(named("citertools\nizip_longest\n."), "itertools.zip_longest")
    assert.strictEqual(named("cpathlib._local\nPosixPath\n."), "pathlib.PosixPath")
  })
})
