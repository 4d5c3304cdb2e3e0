import { execFileSync, spawnSync } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Nco, NdArray, Npy, Npz, Pickle } from "@bytewright/nco"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { run } from "../src/Command.ts"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const ok = Result.getOrThrow
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const cache = fileURLToPath(new URL("../../../packages/nco/test/fixtures/cache", import.meta.url))
let directory: string
const at = (name: string): string => join(directory, name)

/** Runs a command line in this process: what it printed, and the exit code a process would have. */
const nco = async (...args: ReadonlyArray<string>) => {
  const out: Array<string> = []
  const err: Array<string> = []
  const console = {
    ...globalThis.console,
    log: (line: string) => out.push(...line.split("\n")),
    error: (line: string) => err.push(line)
  }
  const exit = await run(args).pipe(
    Effect.provideService(Console.Console, console),
    Effect.provide(NodeServices.layer),
    Effect.runPromiseExit
  )
  return { status: Exit.isSuccess(exit) ? 0 : 1, stderr: err.join("\n"), lines: out }
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "nco-inspector-"))
  const array = ok(NdArray.make("int16", [2, 2], new Int16Array([1, 2, 3, 4]), "F"))
  writeFileSync(at("good.nco"), ok(Nco.encode({ metadata: { solver: "LstsqL2", rmses: array }, array })))
  writeFileSync(at("array.npy"), ok(Npy.encode(array)))
  const entries = Stream.make({ name: "a", array }, { name: "b", array: ok(NdArray.fromStrings(["x", "yz"])) })
  writeFileSync(at("archive.npz"), Buffer.concat(await Effect.runPromise(Stream.runCollect(Npz.encode()(entries)))))
  writeFileSync(at("value.pkl"), ok(Pickle.encode({ a: [1, 2.5, null] })))
  writeFileSync(at("evil.pkl"), "cposix\nsystem\n(S'touch owned'\ntR.")
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe("list", () => {
  it("shows what each kind of file holds", async () => {
    const size = readFileSync(at("good.nco")).length
    assert.match(
      (await nco("list", at("good.nco"))).lines.join(),
      new RegExp(`^0\t${size}\tLP64-LE\tpickle \\d+\t<i2 \\(2, 2\\) F$`)
    )
    assert.deepEqual((await nco("list", at("array.npy"))).lines, ["<i2 (2, 2) F"])
    assert.deepEqual((await nco("list", at("archive.npz"))).lines, ["a\t<i2 (2, 2) F", "b\t<U2 (2,)"])
    assert.deepEqual((await nco("list", at("evil.pkl"))).lines.slice(1), ["posix.system"])
    assert.match((await nco("list", cache)).lines[0]!, /^[0-9a-f]{40} +0 +\d+ +\//)
  })
})

describe("show", () => {
  it("prints metadata and arrays", async () => {
    assert.include((await nco("show", at("good.nco"))).lines.join("\n"), "'solver' => 'LstsqL2'")
    assert.include((await nco("show", at("good.nco"))).lines.join("\n"), "array <i2 (2, 2) F [ [ 1, 3 ], [ 2, 4 ] ]")
    assert.deepEqual((await nco("show", at("archive.npz"), "1")).lines, ["array <U2 (2,) [ 'x', 'yz' ]"])
    assert.deepEqual((await nco("show", at("value.pkl"))).lines, ["Map(1) { 'a' => [ 1, 2.5, null ] }"])
  })

  it("executes nothing", async () => {
    const { lines, status } = await nco("show", at("evil.pkl"))
    assert.strictEqual(status, 0)
    assert.include(lines.join("\n"), "posix")
    assert.notInclude(readdirSync(process.cwd()), "owned")
  })
})

describe("extract", () => {
  it("writes an array as a file of its own", async () => {
    assert.strictEqual((await nco("extract", at("good.nco"), "--npy", at("out.npy"))).status, 0)
    assert.deepEqual(readFileSync(at("out.npy")), readFileSync(at("array.npy")))
  })
})

describe("verify", () => {
  it("says ok, or what is wrong and fails", async () => {
    for (const path of [cache, ...["good.nco", "array.npy", "archive.npz", "value.pkl"].map(at)]) {
      const { lines, status } = await nco("verify", path)
      assert.deepEqual([status, lines], [0, ["ok"]] as never, path)
    }
    const damaged = Buffer.concat([readFileSync(at("good.nco")), Buffer.from("tail")])
    writeFileSync(at("bad.nco"), damaged)
    const { lines, status } = await nco("verify", at("bad.nco"))
    assert.deepEqual([status, lines.at(-1)?.split(" at")[0]], [1, "TrailingGarbage"])
  })

  it("finds keys without objects in a cache", async () => {
    cpSync(cache, at("cache"), { recursive: true })
    const folder = readdirSync(at("cache")).find((name) => name.length === 2)
    rmSync(at(`cache/${folder}`), { recursive: true })
    const { lines, status } = await nco("verify", at("cache"))
    assert.strictEqual(status, 1)
    assert.strictEqual(lines.filter((line) => line.includes("NotFound")).length, 3)
  })
})

describe("explain", () => {
  it("names every byte of an object's header, and of its array's", async () => {
    const { lines, status } = await nco("explain", at("good.nco"))
    assert.strictEqual(status, 0)
    assert.strictEqual(lines[0], "object 0 at byte 0, LP64-LE")
    const row = (field: string) => lines.find((line) => line.includes(field))!
    assert.match(row("pickleStart"), /00000008 +8 .*pickleStart +48 +30 00 00 00 00 00 00 00/)
    assert.match(row("padding"), /00000004 +4 /)
    assert.match(row("headerLength"), /00000008 +2 .*headerLength +118 +76 00/)
    assert.match(lines.at(-2)!, /^\{'descr': '<i2', 'fortran_order': True, 'shape': \(2, 2\), \}$/)
    assert.match(lines.at(-1)!, /^data at byte \d+, 8 bytes$/)
    assert.strictEqual((await nco("explain", at("array.npy"))).lines[0], "array at byte 0, NPY 1.0")
  })

  it("shows a damaged header too, says what is wrong, and fails", async () => {
    const array = ok(NdArray.make("uint8", [1], Uint8Array.of(1)))
    for (const [name, abi, change] of [
      ["far", "LP64-LE", (copy: Buffer) => copy.writeBigUInt64LE(2n ** 40n, 32)],
      ["small", "ILP32-LE", (copy: Buffer) => copy.writeUInt32LE(7, 4)]
    ] as const) {
      const copy = Buffer.from(ok(Nco.encode({ metadata: {}, array }, { abi })))
      change(copy)
      writeFileSync(at(`${name}.nco`), copy)
      const { lines, status, stderr } = await nco("explain", at(`${name}.nco`))
      assert.deepEqual([status, lines[0]], [1, `object 0 at byte 0, ${abi}`] as never)
      assert.match(stderr, /^nco: Offsets/)
      assert.isTrue(lines.some((line) => line.includes("arrayEnd")))
    }
    writeFileSync(at("four.npy"), Buffer.from("\x93NUMPY\x04\x00\x76\x00 and more", "latin1"))
    const npy = await nco("explain", at("four.npy"))
    assert.deepEqual([npy.status, npy.stderr.includes("UnsupportedVersion at byte 6")], [1, true] as never)
    assert.isTrue(npy.lines.some((line) => line.startsWith("!") && line.includes("major")))
  })

  it("is for objects and arrays", async () => {
    for (const args of [[at("value.pkl")], [cache], [at("good.nco"), "1"], [at("archive.npz")], [at("missing")]]) {
      assert.strictEqual((await nco("explain", ...args)).status, 1, args.join(" "))
    }
    assert.include((await nco("explain", at("value.pkl"))).stderr, "nco disassemble")
  })
})

describe("scan", () => {
  it("lists what pickles name, with the verdict", async () => {
    const evil = await nco("scan", at("evil.pkl"))
    assert.deepEqual([evil.status, evil.lines], [1, ["0\tunknown", "\tunknown\tposix.system"]] as never)
    const good = await nco("scan", at("good.nco"))
    assert.deepEqual([good.status, good.lines[0]], [0, "0\tsafe"])
  })
})

describe("disassemble", () => {
  it("prints opcodes", async () => {
    assert.match((await nco("disassemble", at("evil.pkl"))).lines[0]!, /0: c +GLOBAL +'posix system'/)
    assert.strictEqual((await nco("disassemble", at("good.nco"))).status, 0)
  })
})

describe("errors", () => {
  it("are one line with the byte, and an exit code", async () => {
    writeFileSync(at("short.npy"), readFileSync(at("array.npy")).subarray(0, 130))
    const { status, stderr } = await nco("show", at("short.npy"))
    assert.deepEqual([status, stderr.trim().split("\n").length], [1, 1])
    assert.include(stderr, "NpyTruncated at byte 128")
    for (const args of [
      ["show", at("missing")],
      ["show", at("good.nco"), "9"],
      ["extract", at("value.pkl"), "--npy", at("x")],
      ["disassemble", at("array.npy")],
      ["show", at("archive.npz"), "7"]
    ]) {
      assert.strictEqual((await nco(...args)).status, 1, args.join(" "))
    }
  })

  it("are exit codes of the program, but not from a reader that has seen enough", () => {
    assert.strictEqual(spawnSync(process.execPath, [main, "show", at("missing")]).status, 1)
    const command = `"${process.execPath}" "${main}" show "${at("good.nco")}" | head -1`
    assert.include(execFileSync("sh", ["-c", command], { encoding: "utf8" }), "object 0")
  })
})
