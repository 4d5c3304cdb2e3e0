import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Pickle, Py } from "../src/index.ts"
import { call, decode, lossless, pickle, refused, summary } from "./assemble.ts"

describe("opcodes", () => {
  const cases: ReadonlyArray<readonly [name: string, text: string, value: unknown, options?: Pickle.DecodeOptions]> = [
    ["INT", "I-12\n.", -12],
    ["INT with white space", "I 12\r\n.", 12],
    ["INT as bool", "(I01\nI00\nl.", [true, false]],
    ["INT as bool, as CPython has it", "(I+1\nI 0\nI-0\nI1\nI0\nI1 \nI-1\nl.", [true, false, false, 1, 0, 1, -1]],
    ["LONG with and without L", "(L12L\nL-9007199254740993\nl.", [12, -9007199254740993n]],
    ["FLOAT", "(F1.5\nF-inf\nFinfinity\nF+.5e1\nF1.\nl.", [1.5, -Infinity, Infinity, 5, 1]],
    ["LONG1 of no bytes", "\x8a\x00.", 0],
    ["LONG1 of two bytes", "\x8a\x02\x00\x80.", -32768],
    ["LONG1 of seven bytes", "\x8a\x07\x01\x00\x00\x00\x00\x00\x40.", 2n ** 54n + 1n],
    ["LONG1 of five bytes, negative", "\x8a\x05\x00\x00\x00\x00\x80.", -(2 ** 39)],
    ["LONG1 of eight bytes", "\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.", -(2n ** 63n)],
    ["LONG4", "\x8b\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01.", 2n ** 64n],
    ["STRING and its escapes", "S'a\\x41\\101\\n\\q\\\\\\''\n.", "aAA\n\\q\\'"],
    ["STRING in double quotes", 'S"a\'b"\n.', "a'b"],
    ["BINSTRING", "T\x02\x00\x00\x00ab.", "ab"],
    ["SHORT_BINSTRING as bytes", "U\x01\xff.", Uint8Array.of(255), { strings: "bytes" }],
    ["SHORT_BINSTRING as latin1", "U\x01\xe9.", "é", { strings: "latin1" }],
    ["SHORT_BINSTRING as utf8", "U\x02\xc3\xa9.", "é", { strings: "utf8" }],
    ["UNICODE", "V\\u00e9\\U0001f600\\\\u0041\\q\xe9\n.", "é😀\\\\u0041\\qé"],
    ["BINUNICODE8", "\x8d\x02\x00\x00\x00\x00\x00\x00\x00hi.", "hi"],
    ["BINBYTES8", "\x8e\x01\x00\x00\x00\x00\x00\x00\x00a.", Uint8Array.of(97)],
    ["LIST, TUPLE, DICT", "((I1\nl(I2\ntI3\nl.", [[1], [2], 3]],
    ["DICT", "(Va\nI1\nd.", { a: 1 }],
    ["DICT as a map", "(I1\nI2\nd.", new Map([[1, 2]]), { dicts: "map" }],
    ["POP_MARK", "I1\n(I2\nI3\n1.", 1],
    ["POP of a MARK", "I1\n((00.", 1],
    ["POP", "I1\nI2\n0.", 1],
    ["DUP", "I1\n2\x86.", [1, 1]],
    ["PUT and GET", "Va\np7\n0g7\n.", "a"],
    [
      "memo indexes out of order",
      "Va\nr\xff\xff\xff\xffI1\nr\x00\x00\x00\x00000j\xff\xff\xff\xff.".replace("000j", "00j"),
      "a"
    ],
    ["MEMOIZE after a gap", "Va\nq\x050Vb\n\x940h\x01.", "b"],
    ["LONG_BINGET of a list", "]r\x00\x00\x00\x00j\x00\x00\x00\x00\x86.", [[], []]],
    ["two PROTOs", "\x80\x02\x80\x05N.", null],
    ["an empty FRAME", "\x95\x00\x00\x00\x00\x00\x00\x00\x00N.", null],
    ["sets", "\x8f(I1\nI2\nI1\n\x90.", new Set([1, 2])],
    ["FROZENSET", "(I1\n\x91.", new Set([1])],
    ["BYTEARRAY8", "\x96\x01\x00\x00\x00\x00\x00\x00\x00a.", Uint8Array.of(97)],
    ["NEXT_BUFFER", "\x97\x98.", Uint8Array.of(1), { buffers: [Uint8Array.of(1)] }],
    ["PERSID", "Pabc\n.", "<abc>", { persistentLoad: (id) => Result.succeed(`<${String(id)}>`) }],
    ["BINPERSID", "I5\nQ.", "<5>", { persistentLoad: (id) => Result.succeed(`<${String(id)}>`) }],
    ["OBJ", "(cdatetime\ntimedelta\nI1\no.", new Py.PyTimeDelta(1)],
    ["INST", "(I1\nidatetime\ntimedelta\n.", new Py.PyTimeDelta(1)],
    ["NEWOBJ_EX without keywords", "cdatetime\ntimedelta\n(I1\nt}\x92.", new Py.PyTimeDelta(1)],
    [
      "NEWOBJ_EX without keywords, as a map",
      "cdatetime\ntimedelta\n(I1\nt}\x92.",
      new Py.PyTimeDelta(1),
      { dicts: "map" }
    ],
    ["leftovers under the value", "I1\nI2\n.", 2],
    ["an inner MARK", "(I1\n(I2\nl(I3\nlI4\nl.", [1, [2], [3], 4]],
    ["marks within marks", "((I1\n(I2\nI3\nl1(I4\ntt.", [[4]]],
    ["APPEND, APPENDS within a MARK", "(](I1\nI2\neI3\nal.", [[1, 2, 3]]],
    ["SETITEM, SETITEMS within a MARK", "(}(Va\nI1\nuVb\nI2\nsl.", [{ a: 1, b: 2 }]],
    ["ADDITEMS within a MARK", "(\x8f(I1\n\x90l.", [new Set([1])]],
    [
      "OBJ and INST within a MARK",
      "((cdatetime\ntimedelta\no(idatetime\ntimedelta\nl.",
      [new Py.PyTimeDelta(0), new Py.PyTimeDelta(0)]
    ]
  ]
  for (const [name, text, value, options] of cases) {
    it(name, () => assert.deepStrictEqual(decode(text, options), value))
  }

  for (const [code, bytes] of [
    [1, "\x82\x01"],
    [513, "\x83\x01\x02"],
    [67305985, "\x84\x01\x02\x03\x04"]
  ] as const) {
    it(`EXT code ${code}`, () => {
      const extensions = new Map([[code, ["builtins", "list"] as const]])
      assert.deepStrictEqual(decode(`${bytes}.`, { extensions }), new Py.PyGlobal("builtins", "list"))
      assert.include(summary(refused(`${bytes}.`)), `extension code ${code} is not given`)
    })
  }

  it("READONLY_BUFFER turns a bytearray into bytes", () => {
    assert.deepStrictEqual(lossless("\x96\x01\x00\x00\x00\x00\x00\x00\x00a\x98."), Uint8Array.of(97))
  })

  it("keeps ints apart from floats when nothing may be lost", () => {
    assert.deepStrictEqual(lossless("(F1\nI1\n\x8a\x05\x00\x00\x00\x00\x01l."), [1, 1n, 2n ** 32n])
  })

  it("makes records that cannot reach a prototype", () => {
    const value = decode("}V__proto__\n}Vpolluted\nI1\nss.") as Record<string, unknown>
    assert.deepStrictEqual(Object.keys(value), ["__proto__"])
    assert.isUndefined((value as { readonly polluted?: unknown }).polluted)
    assert.isUndefined(({} as { readonly polluted?: unknown }).polluted)
  })

  it("hands out views, at any offset", () => {
    const bytes = pickle("xxC\x01a.yy")
    const value = Result.getOrThrow(Pickle.decode(bytes, { start: 2, end: 6 })) as Uint8Array
    assert.strictEqual(value.buffer, bytes.buffer)
    assert.strictEqual(value.byteOffset, 4)
  })

  it("reads pickles one after the other", () => {
    const bytes = pickle("I1\n.I2\n.")
    assert.deepStrictEqual(Result.getOrThrow(Pickle.decodePrefix(bytes)), { value: 1, end: 4 })
    assert.deepStrictEqual(Result.getOrThrow(Pickle.decodePrefix(bytes, { start: 4 })), { value: 2, end: 8 })
    assert.strictEqual(
      summary(refused("I1\n.I2\n.")),
      "PickleTrailingBytes@4 PickleTrailingBytes at byte 4: 4 unexpected bytes"
    )
    const outside = Pickle.decode(bytes, { start: 9, end: -1 })
    assert.isTrue(Result.isFailure(outside) && outside.failure.reason._tag === "PickleTruncated")
  })
})

describe("pickles that break a rule", () => {
  const cases: ReadonlyArray<readonly [text: string, at: number, message: string, options?: Pickle.DecodeOptions]> = [
    ["\xff", 0, "0xff: no such opcode"],
    ["\x80\x06N.", 0, "pickle protocol version 6 is not supported"],
    ["0.", 0, "POP: the stack has no value"],
    ["(0(1.", 4, "STOP: the stack has no value"],
    ["2.", 0, "DUP: the stack"],
    ["\x94", 0, "MEMOIZE: the stack"],
    ["q\x00", 0, "BINPUT: the stack"],
    ["r\x00\x00\x00\x00", 0, "LONG_BINPUT: the stack"],
    ["p0\n", 0, "PUT: the stack"],
    ["Q", 0, "BINPERSID: the stack"],
    ["\x98", 0, "READONLY_BUFFER: the stack"],
    ["N\x98", 1, "READONLY_BUFFER: this value is no buffer"],
    ["\x97", 0, "NEXT_BUFFER: buffer 0 is not given"],
    ["u", 0, "SETITEMS: there is no MARK"],
    ["(u", 1, "SETITEMS: the stack"],
    ["}(Nu", 3, "SETITEMS: a key has no value"],
    ["}Ns", 2, "SETITEM: the stack"],
    ["e", 0, "APPENDS: there is no MARK"],
    ["(e", 1, "APPENDS: the stack"],
    ["]a", 1, "APPEND: the stack"],
    ["(\x85", 1, "TUPLE1: the stack"],
    ["N(\x86", 2, "TUPLE2: the stack"],
    ["N(N\x86", 3, "TUPLE2: the stack"],
    ["NN\x87", 2, "TUPLE3: the stack"],
    ["t", 0, "TUPLE: there is no MARK"],
    ["(Nd", 2, "DICT: a key has no value"],
    ["NR", 1, "REDUCE: the stack"],
    ["NN\x92", 2, "NEWOBJ_EX: the stack"],
    ["o", 0, "OBJ: there is no MARK"],
    ["(o", 1, "OBJ: the stack"],
    ["ia\nb\n", 0, "INST: there is no MARK"],
    ["Nb", 1, "BUILD: the stack"],
    ["N\x93", 1, "STACK_GLOBAL: the stack"],
    ["NN\x93", 2, "STACK_GLOBAL: the name of a global is a str"],
    ["Va\nN\x93", 4, "STACK_GLOBAL: the name of a global is a str"],
    ["\x90", 0, "ADDITEMS: there is no MARK"],
    ["(\x90", 1, "ADDITEMS: the stack"],
    ["](N\x90", 3, "ADDITEMS: items are added to a set"],
    ["(\x91(N\x90", 4, "ADDITEMS: items are added to a set", { profile: "lossless" }],
    ["NNa", 2, "APPEND: nothing can be appended"],
    ["\x8fNa", 2, "APPEND: nothing can be appended", { profile: "lossless" }],
    ["N(Ne", 3, "APPENDS: nothing can be appended"],
    ["NNNs", 3, "SETITEM: no entry can be put"],
    ["]NNs", 3, "SETITEM: no entry can be put"],
    ["NNb", 2, "BUILD: this value takes no state"],
    ["]Nb", 2, "BUILD: this value takes no state"],
    ["N)R", 2, "REDUCE: only a class or a function can be called"],
    ["cbuiltins\nset\nNR", 15, "REDUCE: the arguments of a call are a tuple"],
    ["cbuiltins\nlist\n)R", 16, "REDUCE: this class is only a reference"],
    ["cbuiltins\nset\n)}Vk\nNs\x92", 21, "NEWOBJ_EX: keyword arguments are not taken"],
    ["cbuiltins\nset\n)N\x92", 16, "NEWOBJ_EX: keyword arguments are not taken"],
    ["cbuiltins\nset\n)I1\n\x92", 18, "NEWOBJ_EX: keyword arguments are not taken"],
    ["cbuiltins\nset\nNb", 15, "BUILD: this value takes no state"],
    ["h\x05", 0, "BINGET: the memo has nothing at 5"],
    ["j\xff\xff\xff\xff", 0, "LONG_BINGET: the memo has nothing at 4294967295"],
    ["gx\n", 0, 'GET: "x" is not a memo index'],
    ["g9999999999999999\n", 0, "is not a memo index"],
    ["Ix\n", 0, 'INT: "x" is not an int'],
    ["Fx\n", 0, 'FLOAT: "x" is not a float'],
    ["F1_0\n", 0, "is not a float"],
    ["Sabc\n", 0, "STRING: a string wants quotes"],
    ["S'\n", 0, "STRING: a string wants quotes"],
    ["S'abc\"\n", 0, "STRING: a string wants quotes"],
    ["S'\\x4'\n", 0, "STRING: an escape is cut short"],
    ["S'\\'\n", 0, "STRING: an escape is cut short"],
    ["V\\u12\n", 0, "UNICODE: a \\u escape wants 4 digits"],
    ["V\\U00110000\n", 0, "UNICODE: a \\U escape wants 8 digits"],
    ["U\x01\xff", 0, "which is not ASCII"],
    ["U\x01\xff", 0, "not UTF-8: byte 0xff", { strings: "utf8" }],
    ["T\xff\xff\xff\xff", 0, "BINSTRING: a negative length, -1"],
    ["\x8b\xff\xff\xff\xff", 0, "LONG4: a negative length, -1"],
    ["\x8c\x01\x80", 0, "not UTF-8"],
    ["\x8c\x02\xc0\x80", 0, "not UTF-8"],
    ["\x8c\x02\xc3a", 0, "a continuation byte is missing"],
    ["\x8c\x01\xc3", 0, "a continuation byte is missing"],
    ["\x8c\x03\xe0\x80\x80", 0, "an overlong form"],
    ["\x8c\x04\xf0\x80\x80\x80", 0, "no code point"],
    ["\x8c\x04\xf4\x90\x80\x80", 0, "no code point"],
    ["Pabc\n", 0, "PERSID: a persistent id wants the option persistentLoad"],
    ["Pabc\n", 0, "persistentLoad: no abc", { persistentLoad: (id) => Result.fail(`no ${String(id)}`) }],
    ["}I1\nNs", 5, "a dict with a key that is no str"],
    ["cos\nsystem\n)R.", 0, "the pickle refers to os.system, which the registry does not hold"],
    ["c__builtin__\nlong\n.", 0, "the pickle refers to __builtin__.long"],
    ["c\xc3\xa9\nx\n.", 0, "the pickle refers to é.x"]
  ]
  for (const [text, at, message, options] of cases) {
    it(JSON.stringify(text), () => {
      const error = refused(text, options)
      assert.include(error.message, message)
      assert.strictEqual(error.offset, at)
    })
  }

  const cut = [
    "",
    "\x8c",
    "\x8c\x02a",
    "h",
    "j\x00",
    "Nq",
    "Nr\x00",
    "G\x00",
    "K",
    "M\x00",
    "J\x00",
    "\x8a",
    "\x8a\x02\x00",
    "I12",
    "X\x05\x00\x00\x00a",
    "\x95\x05\x00\x00\x00\x00\x00\x00\x00N.",
    "\x95\x00\x00\x00\x00\x00\x00\x00\x80",
    "\x80"
  ]
  for (const text of cut) {
    it(`${JSON.stringify(text)} ends too early`, () => {
      const { offset, reason } = refused(text)
      assert.strictEqual(reason._tag, "PickleTruncated")
      if (reason._tag !== "PickleTruncated") return
      assert.strictEqual(reason.available, text.length - offset)
      assert.isAbove(reason.needed, reason.available)
    })
  }
})

describe("functions of the caller", () => {
  it("that throw are the caller's own", () => {
    const persistentLoad = () => {
      throw new Error("mine")
    }
    assert.throws(() => Pickle.decode(pickle("Pid\n."), { persistentLoad }), "mine")
  })
})

describe("budgets", () => {
  const limits: ReadonlyArray<readonly [keyof Pickle.Limits, number, string]> = [
    ["maxOps", 3, "NNNN."],
    ["maxStack", 2, "NNNN."],
    ["maxStack", 2, "(((."],
    ["maxMemo", 1, "Nq\x00q\x01."],
    ["maxMemo", 1, "Nq\x05q\x06."],
    ["maxBigIntBytes", 9, `\x8a\x0a${"\x01".repeat(10)}.`],
    ["maxIntDigits", 3, "I1234\n."],
    ["maxKeyNodes", 4, "}(((I1\nI2\nI3\nI4\nttNu."],
    ["maxKeyNodes", 5, "}(((C\x01aC\x01bC\x01cC\x01dttNu."],
    ["maxDepth", 2, "]]]aa."],
    ["maxDepth", 2, "]q\x00]q\x01h\x00a]h\x01a."],
    ["maxDepth", 2, "N\x85\x85\x85."],
    ["maxDepth", 2, "]2a]]aa."]
  ]
  for (const [limit, maximum, text] of limits) {
    it(`${limit}: ${JSON.stringify(text)}`, () => {
      const options: Pickle.DecodeOptions = { limits: { [limit]: maximum }, profile: "lossless" }
      const { reason } = refused(text, options)
      assert.deepInclude(reason, { _tag: "LimitExceeded", limit, maximum })
    })
  }

  it("a key may have as many nodes as the limit says", () => {
    const key = "}(((C\x01aC\x01bC\x01cC\x01dttNu."
    assert.strictEqual((lossless(key, { limits: { maxKeyNodes: 6 } }) as Py.PyDict).size, 1)
  })

  it("depth is that of the value, not of what was made on the way", () => {
    const limits = { maxDepth: 2 }
    const deep = "N\x85\x85\x850"
    assert.deepStrictEqual(decode(`${deep}]q\x00h\x00\x86.`, { limits }), [[], []])
    assert.deepStrictEqual(decode(`${deep}]N2.`, { limits }), null)
    assert.deepStrictEqual(decode(`(I1\nI2\n\x91q\x00]h\x00a.`, { limits }), [new Set([1, 2])])
    assert.deepStrictEqual(decode(`}Va\n]sq\x00h\x00.`, { limits, dicts: "map" }), new Map([["a", []]]))
    assert.deepStrictEqual(decode(`]q\x000I1\n2h\x000.`, { limits }), 1)
    assert.deepStrictEqual(decode(`]g0\n`.replace("g0\n", "p0\n0I1\np1\n0g1\n."), { limits }), 1)
  })

  it("a value nested as deep as the limit says is read, one deeper is not", () => {
    const nested = (depth: number) => `${"]".repeat(depth)}${"a".repeat(depth - 1)}.`
    assert.doesNotThrow(() => decode(nested(1000)))
    assert.strictEqual(refused(nested(1001)).reason._tag, "LimitExceeded")
  })

  it("depth counts the longest way to a shared part", () => {
    const text = "(]q\x00]a]]h\x00aal."
    assert.deepStrictEqual(decode(text, { limits: { maxDepth: 5 } }), [[[]], [[[[]]]]])
    assert.deepInclude(refused(text, { limits: { maxDepth: 4 } }).reason, { limit: "maxDepth", value: 5 })
  })

  it("a cycle has an end", () => {
    const list = decode("]q\x00h\x00a.") as Array<unknown>
    assert.strictEqual(list[0], list)
  })

  it("shared tuples as keys cost Python too much", () => {
    const bomb = `)${"2\x86".repeat(60)}`
    assert.deepInclude(refused(`\x8f(${bomb}\x90.`).reason, { limit: "maxKeyNodes" })
    const deep = `(I1\nt${"\x85".repeat(600)}`
    assert.deepInclude(refused(`\x8f(${deep}\x90.`).reason, { limit: "maxKeyDepth" })
  })
})

describe("names", () => {
  it("are matched exactly, after they are brought up to date", () => {
    assert.deepStrictEqual(decode(`${call("__builtin__:xrange", "I0\nI2\nI1\n")}.`), new Py.PyRange(0n, 2n, 1n))
    assert.deepStrictEqual(decode("c__builtin__\nEllipsis\n."), new Py.PySingleton("Ellipsis"))
    for (const name of [
      "numpy\n_core.multiarray.scalar",
      "builtins.set\n__init__",
      "builtins\nset.__class__",
      "numpy.core\nmultiarray.scalar"
    ]) {
      assert.strictEqual(refused(`c${name}\n.`).reason._tag, "PickleUnknownGlobal")
    }
  })

  it("that the registry does not hold are inert where they are let through", () => {
    const opaque = { unknownGlobals: "opaque", profile: "lossless" } as const
    const object = lossless(`${call("os:system", "Vls\n")}}Va\nI1\nsb.`, opaque) as Py.PyObject
    assert.deepStrictEqual(object.class, new Py.PyGlobal("os", "system"))
    assert.deepStrictEqual(object.args, ["ls"])
    assert.deepStrictEqual([...(object.state as Py.PyDict)], [["a", 1n]])
    assert.isFalse(object.newObject)

    const filled = lossless("cm\nA\n)\x81(I1\nI2\neVk\nI3\ns.", opaque) as Py.PyObject
    assert.isTrue(filled.newObject)
    assert.deepStrictEqual(filled.items, [1n, 2n])
    assert.deepStrictEqual(filled.entries, [["k", 3n]])

    const keyed = lossless("cm\nA\n)}Vk\nI3\ns\x92.", opaque) as Py.PyObject
    assert.deepStrictEqual([...(keyed.kwargs as Py.PyDict)], [["k", 3n]])

    assert.deepStrictEqual(lossless("c__builtin__\nlong\n.", opaque), new Py.PyGlobal("builtins", "int"))
    assert.instanceOf(lossless("cbuiltins\nlist\n)R.", opaque), Py.PyObject)
    // What the registry's function cannot take because it is unknown, stays with it.
    const nested = lossless(`ccopyreg\n_reconstructor\n(cm\nA\ncbuiltins\ndict\n}tR.`, opaque) as Py.PyObject
    assert.strictEqual(String(nested.class), "copyreg._reconstructor")
    assert.instanceOf(lossless(`${call("datetime:date", call("m:f"))}.`, opaque), Py.PyObject)
    assert.throws(() => lossless(`${call("datetime:date", "N")}.`, opaque), /a state of 4 bytes/)
    assert.throws(() => lossless("cm\nA\n)RNbNb.", opaque), /given its state twice/)
    assert.strictEqual(refused("N)R", opaque).reason._tag, "PickleMalformed")
  })
})
