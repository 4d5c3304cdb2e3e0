import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { codec, Message, Name, nameText, ResourceRecord } from "../../examples/dns.ts"
import { foreignTest, fromHex } from "../agreement.ts"
import { dotted, expected, fixture } from "./fixtures.ts"

type Record = (typeof ResourceRecord)["Type"]

const rdataText = ({ rdata }: Record): string => {
  switch (rdata._tag) {
    case "A":
      return dotted(rdata.address)
    case "AAAA":
      return Buffer.from(rdata.address)
        .toString("hex")
        .match(/.{4}/g)!
        .map((group) => group.replace(/^0+(?=.)/, ""))
        .join(":")
        .replace(/:(0:)+/, "::")
    case "CNAME":
      return nameText(rdata.cname)
    case "NS":
      return nameText(rdata.nsdname)
    case "PTR":
      return nameText(rdata.ptrdname)
    case "MX":
      return `${rdata.preference} ${nameText(rdata.exchange)}`
    case "TXT":
      return rdata.txtData.map((each) => JSON.stringify(each)).join(" ")
    case "SOA":
      return [
        nameText(rdata.mname),
        nameText(rdata.rname),
        rdata.serial,
        rdata.refresh,
        rdata.retry,
        rdata.expire,
        rdata.minimum
      ].join(" ")
    case "Other":
      return Buffer.from(rdata.value).toString("hex")
  }
}

const numbers: { readonly [type: string]: number } = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28 }

describe("DNS", () => {
  const options = { limits: { maxDepth: 256 } }
  foreignTest("a query of dnspython", Message, fixture("query.dns"), { options })
  foreignTest("a record of dnspython, uncompressed", ResourceRecord, fixture("record.dns"), { options })
  foreignTest("a response of dnspython, compressed", Message, fixture("response.dns"), { options, oneWay: true })

  it("has the records that dnspython has", () => {
    const message = codec.decodeSync(fixture("response.dns"))
    assert.deepStrictEqual(message.flags, { qr: 1, opcode: 0, aa: 1, tc: 0, rd: 1, ra: 0, ad: 0, cd: 0, rcode: 0 })
    assert.strictEqual(nameText(message.question[0]!.qname), "www.example.com.")
    const records = [...message.answer, ...message.authority]
    assert.deepStrictEqual(
      records.map((each) => [nameText(each.name), numbers[each.type] as number, each.ttl, rdataText(each)] as const),
      expected.dns
    )
  })

  it("reads the EDNS record of a query", () => {
    const { additional } = codec.decodeSync(fixture("query.dns"))
    assert.deepStrictEqual(
      additional.map(({ class: size, type }) => [type, size]),
      [["OPT", 1232]]
    )
  })

  // RFC 1035, 4.1.4: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
  it("reads the names of the RFC's example", () => {
    const bytes = new Uint8Array(93)
    bytes.set(fromHex("01 46 03 495349 04 41525041 00"), 20)
    bytes.set(fromHex("03 464f4f c014"), 40)
    bytes.set(fromHex("c01a"), 64)
    const at = (offset: number) => {
      const result = Codec.make(Binary.Struct({ before: Binary.Padding(offset), name: Name })).decodeAt(bytes, 0)
      return result._tag === "Success" ? nameText(result.success.value.name) : result.failure.message
    }
    assert.deepStrictEqual([20, 40, 64, 92].map(at), ["F.ISI.ARPA.", "FOO.F.ISI.ARPA.", "ARPA.", "."])
  })

  it("refuses a name that points at itself", () => {
    const bytes = fixture("response.dns").slice()
    bytes.set([0xc0, 0x0c], 12)
    const result = codec.decode(bytes)
    const error = result._tag === "Failure" ? result.failure : assert.fail("read")
    assert.strictEqual(error.reason._tag, "DepthExceeded")
    assert.deepStrictEqual(error.path.slice(0, 3), ["question", 0, "qname"])
  })
})
