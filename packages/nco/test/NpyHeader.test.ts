import { createHash } from "node:crypto"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { Dtype, NdArray, Npy, NpyHeader } from "../src/index.ts"
import { failure, latin1, npyFixtures, wideSha256 } from "./fixtures.ts"

const ok = Result.getOrThrow

/** A header of which only the dictionary is given. */
const header = (text: string | Uint8Array, version = 1): Uint8Array => {
  const body = typeof text === "string" ? latin1(text) : text
  const prefix = version === 1 ? [body.length & 0xff, body.length >> 8] : [body.length & 0xff, body.length >> 8, 0, 0]
  return Uint8Array.from([...latin1("\x93NUMPY"), version, 0, ...prefix, ...body])
}

const decode = (text: string | Uint8Array, options?: NpyHeader.Options, version?: number) =>
  NpyHeader.decode(header(text, version), options)

const withShape = (shape: string) => `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}}`
const withDescr = (descr: string) => `{'descr': ${descr}, 'fortran_order': False, 'shape': ()}`

describe("NumPy's headers", () => {
  it.each(npyFixtures.map((fixture) => [fixture.name, fixture] as const))(
    "%s is written back as it was",
    (_, fixture) => {
      assert.deepEqual(ok(Npy.encode(ok(Npy.decode(fixture.npy)))), new Uint8Array(fixture.npy) as never)
    }
  )

  it("are version 2.0 where they are long", () => {
    const fields = Array.from({ length: 2800 }, (_, i) => [`field_${String(i).padStart(5, "0")}`, "|i1"])
    const wide = ok(NdArray.fromBytes(ok(Dtype.fromDescr(fields)), [1], new Uint8Array(2800)))
    const bytes = ok(Npy.encode(wide))
    assert.strictEqual(createHash("sha256").update(bytes).digest("hex"), wideSha256)
    assert.strictEqual(bytes[6], 2)
    assert.deepEqual(ok(Npy.decode(bytes, { maxHeaderSize: 70_000 })).dtype, wide.dtype)
    assert.strictEqual(failure(Npy.decode(bytes)), "LimitExceeded@8 headerLength")
  })

  it("escape lone surrogates, and have no objects and no unnamed fields", () => {
    const named = (name: string, descr: string) =>
      ok(Dtype.structured([{ name, dtype: ok(Dtype.parse(descr)) }])) as Dtype.Dtype
    const surrogate = ok(NdArray.fromBytes(named("\ud800", "i1"), [], new Uint8Array(1)))
    // In Python's repr, a surrogate is escaped; a NumPy header of such a name reads back as the same name.
    const again = ok(Npy.decode(ok(Npy.encode(surrogate))))
    assert.strictEqual(again.dtype.fields![0]!.name, "\ud800")
    assert.strictEqual(failure(NpyHeader.encode(ok(NdArray.make("object", [], [1])))), "NotRepresentable@0 descr")
    const unnamed = ok(NdArray.fromBytes(named("", "V1"), [], new Uint8Array(1)))
    assert.strictEqual(failure(Npy.encode(unnamed)), "NotRepresentable@0 descr")
  })
})

describe("literals", () => {
  const shapeOf = (text: string) => [...ok(decode(withShape(text))).shape]
  const nameOf = (text: string) => ok(decode(withDescr(`[(${text}, 'i1')]`))).dtype.fields![0]!.name

  it("reads tuples of integers in every notation", () => {
    assert.deepEqual(shapeOf("()"), [])
    assert.deepEqual(shapeOf("(4,)"), [4])
    assert.deepEqual(shapeOf("( 1 ,\n2,\t3L , 0x1F, 0o17, 0b101, +7, 00)"), [1, 2, 3, 31, 15, 5, 7, 0])
  })

  it("passes over comments and joined lines, and underscores in numbers", () => {
    assert.deepEqual(shapeOf("(1_0, 0x_1_F, 0b1_1, # three\n 0_0, \\\n2, \\\r\n3)"), [10, 31, 3, 0, 2, 3])
    const commented = ok(decode(`# first\n${withShape("(2,)")} # last`))
    assert.deepEqual([commented.shape, commented.dataLength], [[2], 16])
    for (const text of ["(1__0,)", "(_1,)", "(1_,)", "(2 \\ ,)", "(2 \\", "(2 # ,)", "(1l,)"]) {
      assert.match(failure(decode(withShape(text))), /^NpyMalformed@\d+ header$/, text)
    }
  })

  it("takes the last of keys that come twice, as Python does", () => {
    const header = ok(
      decode("{'descr': 5, 'shape': (9,), 'descr': '<i2', 'fortran_order': 0, 'shape': (2,), 'fortran_order': True}")
    )
    assert.deepEqual([Dtype.format(header.dtype), header.order, header.shape], ["<i2", "F", [2]])
    const wrong = "{'descr': '<i2', 'shape': (2,), 'fortran_order': True, 'fortran_order': 0}"
    assert.strictEqual(failure(decode(wrong)), "NpyMalformed@10 fortran_order")
  })

  it("has Python 2's longs only where Python 2 could write them", () => {
    for (const version of [1, 2]) assert.deepEqual(ok(decode(withShape("(3L,)"), {}, version)).shape, [3])
    assert.strictEqual(failure(decode(withShape("(3L,)"), {}, 3)), "NpyMalformed@63 header")
  })

  it("is the same however it is spelled", () => {
    const between = fc.constantFrom("", " ", "\n", "\t \f", "# why\n", "\\\n", "\r\n")
    const quote = fc.constantFrom("'", '"')
    const entry = (key: string, value: fc.Arbitrary<string>) =>
      fc
        .tuple(quote, between, between, value, between)
        .map(([q, before, after, text, end]) => `${q}${key}${q}${before}:${after}${text}${end}`)
    const number = (n: number) =>
      fc.constantFrom(String(n), `0x${n.toString(16)}`, `0o${n.toString(8)}`, `0b${n.toString(2)}`, `+${n}`, `${n}L`)
    const shape = fc.array(fc.nat(300), { maxLength: 5 })
    const spelled = fc
      .tuple(shape, fc.boolean(), fc.constantFrom("<f8", ">i2", "|S3"))
      .chain(([axes, fortran, descr]) => {
        const tuple = fc
          .tuple(fc.tuple(...axes.map(number)), between, fc.boolean())
          .map(
            ([texts, gap, comma]) => `(${gap}${texts.join(`${gap},${gap}`)}${comma || axes.length === 1 ? "," : ""})`
          )
          .map((text) => (axes.length === 0 ? "()" : text))
        const text = fc.constantFrom(`'${descr}'`, `"${descr}"`, `u'${descr}'`, `'${descr[0]}' "${descr.slice(1)}"`)
        const entries = fc.tuple(
          entry("descr", text),
          entry("fortran_order", fc.constant(fortran ? "True" : "False")),
          entry("shape", tuple)
        )
        return fc
          .tuple(entries, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), between, between, fc.constantFrom("", ","))
          .map(([entries, order, first, last, comma]) => ({
            axes,
            fortran,
            descr,
            text: `${first}{${first}${order.map((i) => entries[i]).join(`,${last}`)}${comma}}${last}`
          }))
      })
    fc.assert(
      fc.property(spelled, fc.constantFrom(1, 2), ({ axes, descr, fortran, text }, version) => {
        const found = ok(decode(text, {}, version))
        assert.deepEqual([found.shape, found.order, found.version], [axes, fortran ? "F" : "C", version as 1 | 2])
        assert.strictEqual(Dtype.format(found.dtype), descr)
        assert.strictEqual(found.dataOffset, (version === 1 ? 10 : 12) + text.length)
      }),
      { numRuns: 300 }
    )
  })

  it("reads strings with escapes, prefixes and neighbours", () => {
    assert.strictEqual(
      nameOf(String.raw`'a\'\"\\\n\t\r\a\b\f\v\x41\u00e9\U0001F600\101\0\q'`),
      "a'\"\\\n\t\r\x07\b\f\vAé\u{1f600}A\0\\q"
    )
    assert.strictEqual(nameOf(`"it's" 'and'\n"more"`), "it'sandmore")
    assert.strictEqual(nameOf(`u'x' "y"`), "xy")
    assert.strictEqual(nameOf("'a\\\nb'"), "ab")
    assert.strictEqual(nameOf("'\xe9\x80'"), "\xe9\x80")
  })

  it("reads UTF-8 in version 3.0", () => {
    const text = withDescr("[('名前', 'i1')]")
    const decoded = ok(decode(new TextEncoder().encode(text), undefined, 3))
    assert.strictEqual(decoded.dtype.fields![0]!.name, "名前")
    assert.strictEqual(decoded.version, 3)
    const broken = new TextEncoder().encode(withDescr("[('名前', x)]"))
    assert.strictEqual(failure(decode(broken, undefined, 3)), `NpyMalformed@${12 + broken.indexOf(0x78)} header`)
  })

  it("takes keys in any order and either quote", () => {
    const found = ok(decode(`{"shape":(4,),"fortran_order":True,"descr":"<f8",}`))
    assert.deepEqual([found.order, found.dataOffset, found.dataLength], ["F", 60, 32])
  })

  it.each([
    ["", 10],
    ["{", 11],
    ["{'a' 1}", 15],
    ["{'a': 1 'b': 2}", 18],
    ["{1: 2}", 11],
    ["(1, 2)", 10],
    ["(1 2)", 13],
    ["[1, 2", 15],
    ["None", 10],
    ["__import__('os')", 10],
    ["1 + 1", 12],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (4.0,)}", 61],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (08,)}", 61],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (1e3,)}", 61],
    ["'a", 12],
    ["'a\nb'", 12],
    ["'a\\", 12],
    ["'\\x4'", 11],
    ["'\\u12'", 11],
    ["'\\N{DASH}'", 11],
    ["'\\U00110000'", 11],
    ["b'a'", 10],
    ["u 'a'", 10]
  ])("refuses %j at its byte", (text, offset) => {
    assert.strictEqual(failure(decode(text)), `NpyMalformed@${offset} header`)
  })

  it("stops at maxDepth", () => {
    const nested = (depth: number) => "(".repeat(depth) + "," + ")".repeat(depth)
    assert.strictEqual(failure(decode("[".repeat(5000))), "LimitExceeded@42 header")
    assert.strictEqual(failure(decode("{'a':".repeat(50))), "LimitExceeded@170 header")
    assert.strictEqual(failure(decode(withShape(nested(3)), { maxDepth: 3 })), "LimitExceeded@62 header")
  })
})

describe("the dictionary", () => {
  it.each([
    ["{'descr': '<f8', 'shape': ()}", "NpyMalformed@10 header"],
    ["{'descr': '<f8', 'shape': (), 'order': True}", "NpyMalformed@10 header"],
    ["{'descr': '<f8', 'fortran_order': False, 'shape': (), 'x': 1}", "NpyMalformed@10 header"],
    ["{'descr': '<f8', 'fortran_order': 1, 'shape': ()}", "NpyMalformed@10 fortran_order"],
    ["{'descr': '<f8', 'fortran_order': None, 'shape': ()}", "NpyMalformed@10 fortran_order"],
    [withShape("[4]"), "NpyMalformed@10 shape"],
    [withShape("4"), "NpyMalformed@10 shape"],
    [withShape("(4)"), "NpyMalformed@10 shape"],
    [withShape("(True,)"), "NpyMalformed@10 shape"],
    [withShape("(None,)"), "NpyMalformed@10 shape"],
    [withShape("(-4,)"), "NpyMalformed@10 shape"],
    [withShape("(4294967296, 4294967296)"), "NpyMalformed@10 shape"],
    [withShape("(1152921504606846976,)"), "NpyMalformed@10 shape"],
    [withShape("(0, 1152921504606846976)"), "NpyMalformed@10 shape"],
    [withDescr("5"), "NpyMalformed@10 descr"],
    [withDescr("{'a': 1}"), "NpyMalformed@10 descr"],
    [withDescr("'<q9'"), "NpyMalformed@10 descr"],
    [withDescr("'|O'"), "NpyMalformed@10 descr"],
    [withDescr("[('a', 'O')]"), "NpyMalformed@10 descr"]
  ])("%s", (text, expected) => {
    assert.strictEqual(failure(decode(text)), expected)
  })
})

describe("the prefix", () => {
  it("must be there whole", () => {
    const whole = header(withShape("()"))
    for (let length = 0; length < whole.length; length++) {
      assert.strictEqual(failure(NpyHeader.decode(whole.subarray(0, length))), "NpyTruncated@0 header")
    }
    assert.strictEqual(failure(NpyHeader.decode(header("", 2).subarray(0, 11))), "NpyTruncated@0 header")
  })

  it("has a magic and a known version", () => {
    assert.strictEqual(failure(NpyHeader.decode(latin1("PK\x03\x04"))), "NpyBadMagic@0 magic")
    for (const version of [0, 4]) assert.strictEqual(failure(decode("{}", {}, version)), "UnsupportedVersion@6 version")
    const minor = header("{}")
    minor[7] = 1
    assert.strictEqual(failure(NpyHeader.decode(minor)), "UnsupportedVersion@6 version")
  })

  it("has a length within the limit", () => {
    const long = header("", 2)
    long[11] = 0xff
    assert.strictEqual(failure(NpyHeader.decode(long)), "LimitExceeded@8 headerLength")
    assert.strictEqual(failure(decode(withShape("()"), { maxHeaderSize: 10 })), "LimitExceeded@8 headerLength")
  })

  it("is UTF-8 in version 3.0", () => {
    assert.strictEqual(failure(decode(latin1("{'\xff"), {}, 3)), "NpyMalformed@12 header")
  })
})
