import { assert, describe, it } from "@effect/vitest"
import * as Kafka from "../../examples/kafka.ts"
import * as MessagePack from "../../examples/msgpack.ts"
import * as Pcap from "../../examples/pcap.ts"
import { foreignTest } from "../agreement.ts"
import { dotted, expected, fixture } from "./fixtures.ts"

describe("pcap", () => {
  for (const order of ["little", "big"] as const) {
    const file = fixture(`${order}.pcap`)
    foreignTest(`a ${order} endian file of scapy`, Pcap.Pcap, file, { open: true })

    it(`has the packets that scapy has, ${order} endian`, () => {
      const value = Pcap.codec.decodeSync(file)
      assert.strictEqual(value.magic, order)
      const packets = value.file.packets.map(({ data, tsFraction, tsSec }) => {
        if (data.payload._tag !== "IPv4") return assert.fail("no IPv4")
        const { packet } = data.payload
        if (packet.payload._tag !== "TCP") return assert.fail("no TCP")
        const tcp = packet.payload
        const { ack, fin, psh, syn } = tcp.control
        const flags = (fin ? "F" : "") + (syn ? "S" : "") + (psh ? "P" : "") + (ack ? "A" : "")
        return [
          tsSec + tsFraction / 1e6,
          dotted(packet.source),
          dotted(packet.destination),
          tcp.sourcePort,
          tcp.destinationPort,
          tcp.sequenceNumber,
          tcp.acknowledgmentNumber,
          flags,
          tcp.checksum,
          Buffer.from(tcp.data).toString()
        ]
      })
      assert.deepStrictEqual(
        packets,
        expected.pcap.map(([time, source, destination, , , ...rest]) => [time, source, destination, ...rest])
      )
    })
  }

  it("computes the lengths and checksums that scapy computes", () => {
    const value = Pcap.codec.decodeSync(fixture("big.pcap"))
    const bytes = Pcap.codec.encodeSync(value)
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    let at = 24
    for (const [, , , checksum, length] of expected.pcap) {
      assert.strictEqual(view.getUint16(at + 16 + 14 + 2), length)
      assert.strictEqual(view.getUint16(at + 16 + 14 + 10), checksum)
      at += 16 + view.getUint32(at + 8)
    }
    assert.strictEqual(at, bytes.length)
  })

  it("a damaged header is a checksum that does not hold", () => {
    const file = fixture("little.pcap").slice()
    file[24 + 16 + 14 + 8]! ^= 1
    const result = Pcap.codec.decode(file)
    const error = result._tag === "Failure" ? result.failure : assert.fail("read")
    assert.strictEqual(error.reason._tag, "ChecksumMismatch")
    assert.deepStrictEqual(error.path, ["file", "packets", 0, "data", "payload", "packet", "headerChecksum"])
  })
})

describe("Kafka ApiVersions", () => {
  const request = fixture("api-versions-request.kafka")
  const response = fixture("api-versions-response.kafka")
  foreignTest("a request of kafka-python", Kafka.Request, request)
  foreignTest("a response of kafka-python", Kafka.Response, response)

  it("has what kafka-python put in", () => {
    assert.deepStrictEqual(Kafka.request.decodeSync(request), {
      correlationId: 7,
      clientId: "test",
      headerTaggedFields: [],
      clientSoftwareName: "bytewright",
      clientSoftwareVersion: "0.1.0",
      taggedFields: []
    })
    const { apiKeys, correlationId, errorCode, throttleTimeMs } = Kafka.response.decodeSync(response)
    assert.deepStrictEqual([correlationId, errorCode, throttleTimeMs], [7, "NONE", 25])
    assert.deepStrictEqual(
      apiKeys.map((each) => [each.apiKey, each.minVersion, each.maxVersion] as const),
      expected.kafka
    )
  })

  it("carries tagged fields that it does not know", () => {
    const value = { ...Kafka.response.decodeSync(response), taggedFields: [{ tag: 300, data: Uint8Array.of(1, 2) }] }
    const bytes = Kafka.response.encodeSync(value)
    assert.deepStrictEqual(Array.from(bytes.subarray(-6)), [1, 0xac, 2, 2, 1, 2])
    assert.deepStrictEqual(Kafka.response.decodeSync(bytes), value)
  })

  it("comes out of a stream, however it is cut", () => {
    const stream = new Uint8Array([...response, ...response])
    for (let cut = 0; cut <= stream.length; cut++) {
      const parser = Kafka.responses()
      const messages = [...parser.feedSync(stream.subarray(0, cut)), ...parser.feedSync(stream.subarray(cut))]
      assert.strictEqual(messages.length, 2)
      parser.endSync()
    }
  })
})

describe("MessagePack", () => {
  const bytes = fixture("values.msgpack")
  foreignTest("values of msgpack-python", MessagePack.Value, bytes)
  foreignTest("single floats of msgpack-python", MessagePack.Value, fixture("float32.msgpack"))

  it("has the values that were packed", () => {
    const value = MessagePack.codec.decodeSync(bytes)
    const items = value._tag === "Array16" ? value.items : assert.fail(value._tag)
    assert.deepStrictEqual(
      items.slice(0, 20).map((item) => ("value" in item ? BigInt(item.value) : undefined)),
      [
        0n,
        127n,
        128n,
        255n,
        256n,
        65535n,
        65536n,
        2n ** 32n - 1n,
        2n ** 32n,
        2n ** 64n - 1n,
        -1n,
        -32n,
        -33n,
        -128n,
        -129n,
        -32768n,
        -32769n,
        -(2n ** 31n),
        -(2n ** 31n) - 1n,
        -(2n ** 63n)
      ]
    )
    assert.deepStrictEqual(
      items.slice(20).map(({ _tag }) => _tag),
      [
        "Nil",
        "True",
        "False",
        "Float64",
        "FixStr",
        "FixStr",
        "Str8",
        "Str16",
        "Bin8",
        "Bin16",
        "FixArray",
        "FixArray",
        "Array16",
        "FixMap",
        "Map16",
        "FixExt1",
        "FixExt2",
        "Ext8",
        "FixExt4",
        "FixExt8",
        "FixExt16",
        "Ext16"
      ]
    )
    assert.deepStrictEqual(items[33], {
      _tag: "FixMap",
      entries: [
        { key: { _tag: "FixStr", text: "a" }, value: { _tag: "PositiveFixint", value: 1 } },
        { key: { _tag: "FixStr", text: "b" }, value: { _tag: "FixArray", items: [{ _tag: "True" }] } }
      ]
    })
  })

  it("refuses what a format does not hold, and the byte that is never used", () => {
    const fault = (value: MessagePack.Value) => {
      const result = MessagePack.codec.encode(value)
      return result._tag === "Failure" ? result.failure.reason._tag : "written"
    }
    const nil = { _tag: "Nil" } as const
    assert.strictEqual(fault({ _tag: "FixArray", items: Array.from({ length: 15 }, () => nil) }), "written")
    assert.strictEqual(fault({ _tag: "FixArray", items: Array.from({ length: 16 }, () => nil) }), "InvalidLength")
    assert.strictEqual(fault({ _tag: "PositiveFixint", value: 128 }), "Unrepresentable")
    assert.strictEqual(fault({ _tag: "NegativeFixint", value: -33 }), "Unrepresentable")
    const never = MessagePack.codec.decode(Uint8Array.of(0x91, 0xc1))
    assert.strictEqual(
      never._tag === "Failure" && never.failure.message.split(",")[0]!.slice(0, 32),
      "items[0]: InvalidTag at byte 1: "
    )
  })
})
