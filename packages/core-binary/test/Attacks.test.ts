/** The attacks reach every kind of field that decides about others, in every layout of the fuzzer and of the examples. */
import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, Explain, type Layout } from "../src/index.ts"
import { children } from "../src/internal/Kind.ts"
import { heights } from "../src/internal/heights.ts"
import { Malformed, Random, Values } from "../src/testing.ts"
import { plans } from "../src/testing/Malformed.ts"
import { fixture } from "./examples/fixtures.ts"
import { layouts } from "../fuzz/layouts.ts"
import * as dns from "../examples/dns.ts"
import * as kafka from "../examples/kafka.ts"
import * as msgpack from "../examples/msgpack.ts"
import * as npy from "../examples/npy.ts"
import * as pcap from "../examples/pcap.ts"
import * as png from "../examples/png.ts"
import * as sqlite from "../examples/sqlite.ts"
import * as zip from "../examples/zip.ts"

/**
 * The archive that Python made, with the record that ends it moved to its start, so that it is a message from its first byte on. Its
 * directory is read through pointers alone: no value of it is written, and none is generated.
 */
const archive = (): Uint8Array => {
  const file = fixture("archive.zip")
  const end = zip.endOffset(file)
  const record = file.length - end
  const moved = Uint8Array.from([...file.subarray(end), ...file.subarray(0, end)])
  const view = new DataView(moved.buffer)
  let at = view.getUint32(16, true) + record
  view.setUint32(16, at, true)
  for (let entries = view.getUint16(10, true); entries > 0; entries--) {
    view.setUint32(at + 42, view.getUint32(at + 42, true) + record, true)
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return moved
}
const messages: Readonly<Record<string, () => Uint8Array>> = { "zip.Archive": archive }

const subjects: Readonly<Record<string, Layout.Any>> = {
  ...layouts,
  "dns.Message": dns.Message,
  "dns.Name": dns.Name,
  "dns.ResourceRecord": dns.ResourceRecord,
  "kafka.Request": kafka.Request,
  "kafka.Response": kafka.Response,
  "msgpack.Value": msgpack.Value,
  "npy.Npy": npy.Npy,
  "pcap.Pcap": pcap.Pcap,
  "png.Png": png.Png,
  "sqlite.DatabaseHeader": sqlite.DatabaseHeader,
  "sqlite.SchemaPage": sqlite.SchemaPage,
  "zip.Archive": Binary.Struct({ archive: zip.Archive, records: Binary.Bytes(Binary.rest) }),
  "zip.CentralDirectory": zip.CentralDirectory
}

/** What a layout holds that must be attacked, by its nodes alone. */
const kinds = (root: Layout.Node, written: boolean): ReadonlySet<string> => {
  const found = new Set(["end"])
  const levels = heights(root)
  const seen = new Set<Layout.Node>()
  const visit = (node: Layout.Node): void => {
    // What holds a pointer is not written, and so is in no message.
    if (seen.has(node) || (written && levels.get(node) === Infinity)) return
    seen.add(node)
    if ("length" in node && node.length._tag === "Prefixed") found.add("length")
    if ("length" in node && node.length._tag === "Terminated") found.add("terminator")
    switch (node._tag) {
      case "Tagged":
        if (node.tag._tag === "Before") found.add("tag")
        break
      case "Optional":
        if (node.presence._tag === "Flagged") found.add("presence")
        break
      case "Const":
      case "ConstInt":
        found.add("constant")
        break
      case "Padding":
        if (node.verify) found.add("constant")
        break
      case "Enum":
      case "Flags":
        found.add("enum")
        break
      case "Checksum":
      case "Computed":
      case "Bits":
      case "Text":
      case "Varint":
        found.add(node._tag.toLowerCase())
        break
    }
    children(node).forEach(visit)
  }
  visit(root)
  return found
}

describe("attacks", () => {
  for (const [name, layout] of Object.entries(subjects)) {
    it(`reach every kind of field of ${name}`, () => {
      const codec = Codec.make<unknown>(layout as Layout.Layout<unknown>)
      const value = Values.make<unknown>(layout)
      const foreign = messages[name]
      const plan = plans(layout)
      const places = new Map<string, number>()
      for (let index = 0; index < (foreign === undefined ? 20 : 1); index++) {
        const message = foreign?.() ?? codec.encodeSync(value(Random.make(20261128, index)))
        codec.decodeSync(message)
        const attacked = new Set(plan(message).map(({ offset, target }) => `${target} ${offset}`))
        for (const each of attacked) {
          const target = each.split(" ")[0]!
          places.set(target, (places.get(target) ?? 0) + 1)
        }
        // Each length, tag and presence of the message itself, one for one.
        const missing = Explain.explain(layout, message).rows.filter(
          ({ offset, role, size }) =>
            size > 0 &&
            (role === "length" || role === "tag" || role === "presence") &&
            !attacked.has(`${role} ${offset}`)
        )
        assert.deepStrictEqual(missing, [])
      }
      const missed = [...kinds(layout.node, foreign === undefined)].filter((kind) => !places.has(kind))
      assert.deepStrictEqual(missed, [])
    })
  }

  it("reach the numbers that expressions ask for", () => {
    const layout = Binary.Struct({ size: Binary.Uint32, plain: Binary.Uint8, data: Binary.Bytes(Binary.field("size")) })
    const message = Codec.make(layout).encodeSync({ size: 2, plain: 7, data: Uint8Array.of(1, 2) })
    const operands = Malformed.make(layout)(message).filter(({ target }) => target === "operand")
    assert.isAbove(operands.length, 8)
    assert.deepStrictEqual([...new Set(operands.map(({ path }) => path))], ["size"])
  })
})
