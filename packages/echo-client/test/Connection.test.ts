import { assert, describe, it } from "vitest"
import { Connection, type EchoClientError } from "../src/index.ts"
import { Sequences } from "../src/internal/sequences.ts"
import type { Response } from "@bytewright/echo-protocol/Response"
import { answers, bytes, encodeResponse, message, requestsIn, responseTo } from "./support/peer.ts"

const harness = (options: Partial<Connection.Options<string>> = {}) => {
  const settled: Array<readonly [string, number, Response | EchoClientError.Reason]> = []
  const connection = Connection.make<string>({
    onResponse: (response, data, tag) => settled.push([data, tag, response]),
    onFailure: (reason, data, tag) => settled.push([data, tag, reason]),
    ...options
  })
  const requests = requestsIn()
  return { connection, settled, written: () => requests(connection.take()) }
}

const reasonOf = (entry: readonly [string, number, unknown]) => entry[2] as EchoClientError.Reason

describe("Connection", () => {
  it("writes a request and settles it with the response of its number", () => {
    const { connection, settled, written } = harness()
    assert.isFalse(connection.hasOutgoing)
    assert.strictEqual(connection.send(message(7), "seven", 70, Infinity), 0)
    assert.strictEqual(connection.send(message(8), "eight", 80, Infinity), 1)
    assert.isTrue(connection.hasOutgoing)
    assert.strictEqual(connection.inFlight, 2)
    assert.strictEqual(connection.bytesInFlight, Connection.frameSize(message(7)) * 2)
    const [seven, eight] = written()
    assert.isFalse(connection.hasOutgoing)
    assert.isUndefined(connection.receive(encodeResponse(responseTo(eight!))))
    assert.isUndefined(connection.receive(encodeResponse(responseTo(seven!))))
    assert.deepStrictEqual(
      settled.map(([data, tag]) => [data, tag]),
      [
        ["eight", 80],
        ["seven", 70]
      ]
    )
    assert.isTrue(answers(8, settled[0]![2] as Response))
    assert.isTrue(answers(7, settled[1]![2] as Response))
    assert.strictEqual(connection.inFlight, 0)
    assert.strictEqual(connection.bytesInFlight, 0)
  })

  it("uses all 256 numbers, first in, first out, and is full then", () => {
    const { connection, settled, written } = harness()
    for (let i = 0; i < 256; i++) assert.strictEqual(connection.send(message(i), "", i, Infinity), i)
    assert.isFalse(connection.hasRoom(0))
    assert.strictEqual(connection.send(message(256), "", 256, Infinity), Connection.full)
    const requests = written()
    assert.deepStrictEqual(
      requests.map((request) => request.sequence),
      Array.from({ length: 256 }, (_, i) => (i << 24) >> 24)
    )
    for (const i of [200, 3]) connection.receive(encodeResponse(responseTo(requests[i]!)))
    assert.strictEqual(settled.length, 2)
    assert.strictEqual(connection.send(message(1), "", 0, Infinity), 200)
    assert.strictEqual(connection.send(message(1), "", 0, Infinity), 3)
  })

  it("takes responses in pieces of any size", () => {
    for (let size = 1; size < 60; size++) {
      const { connection, settled, written } = harness()
      connection.send(message(1), "", 1, Infinity)
      connection.send(message(2), "", 2, Infinity)
      const wire = Buffer.concat(written().map((request) => encodeResponse(responseTo(request))))
      for (let at = 0; at < wire.length; at += size) connection.receive(wire.subarray(at, at + size))
      assert.deepStrictEqual(
        settled.map(([, tag, response]) => answers(tag, response as Response)),
        [true, true]
      )
    }
  })

  it("keeps to its window of requests", () => {
    const { connection, written } = harness({ window: 2 })
    connection.send(message(1), "", 0, Infinity)
    connection.send(message(2), "", 0, Infinity)
    assert.strictEqual(connection.send(message(3), "", 0, Infinity), Connection.full)
    connection.receive(encodeResponse(responseTo(written()[1]!)))
    assert.strictEqual(connection.send(message(3), "", 0, Infinity), 2)
  })

  it("keeps to its window of bytes, yet always admits one request", () => {
    const big = { ...message(1), body: new Uint8Array(1_000) }
    const { connection, written } = harness({ windowBytes: 100 })
    assert.strictEqual(connection.send(big, "", 0, Infinity), 0)
    assert.strictEqual(connection.send(message(2), "", 0, Infinity), Connection.full)
    connection.receive(encodeResponse(responseTo(written()[0]!)))
    assert.strictEqual(connection.send(message(2), "", 0, Infinity), 1)
    assert.strictEqual(connection.send(message(3), "", 0, Infinity), 2)
    assert.strictEqual(connection.send(message(4), "", 0, Infinity), Connection.full)
  })

  it("refuses what cannot be written, and says why", () => {
    const { connection, written } = harness({ maxFrameSize: 100 })
    const tooLong = { ...message(1), body: new Uint8Array(101) }
    assert.strictEqual(connection.send(tooLong, "", 0, Infinity), Connection.refused)
    assert.include(connection.refusal(tooLong).message, "and the limit is 100")
    const outOfRange = { ...message(1), metadata: [32_768] }
    assert.strictEqual(connection.send(outOfRange, "", 0, Infinity), Connection.refused)
    assert.include(connection.refusal(outOfRange).message, "metadata[0]: OutOfRange")
    assert.isFalse(connection.hasOutgoing)
    assert.strictEqual(connection.send(message(2), "", 0, Infinity), 0)
    assert.strictEqual(written().length, 1)
  })

  it("keeps what was taken intact while it grows", () => {
    const { connection } = harness({ windowBytes: Infinity })
    const body = new Uint8Array(20_000).fill(1)
    const requests = requestsIn()
    const taken: Array<Uint8Array> = []
    for (let i = 0; i < 250; i++) {
      assert.strictEqual(connection.send({ ...message(i), body }, "", i, Infinity), i)
      if (i % 7 === 0) taken.push(connection.take())
    }
    taken.push(connection.take())
    const all = taken.flatMap(requests)
    assert.strictEqual(all.length, 250)
    assert.isTrue(all.every((request, i) => request.timestamp === BigInt(i) && request.body.every((b) => b === 1)))
  })

  it("leaves what was taken alone until all is answered, the late too, and then uses its memory again", () => {
    const { connection } = harness()
    const requests = requestsIn()
    const answerTo = (taken: Uint8Array) => {
      for (const request of requests(taken)) connection.receive(encodeResponse(responseTo(request)))
    }
    const taken = [1, 2, 3].map((n) => {
      connection.send(message(n), "", n, n === 2 ? 10 : Infinity)
      return connection.take()
    })
    const copies = taken.map((bytes) => bytes.slice())
    connection.sweep(10)
    answerTo(taken[0]!)
    answerTo(taken[2]!)
    assert.deepInclude(connection, { inFlight: 0, quarantined: 1 })
    connection.send(message(4), "", 4, Infinity)
    const fourth = connection.take()
    assert.isTrue(taken.every((bytes, i) => Buffer.compare(bytes, copies[i]!) === 0))
    assert.notStrictEqual(fourth.byteOffset, taken[0]!.byteOffset)
    answerTo(fourth)
    answerTo(taken[1]!)
    assert.deepInclude(connection.counters, { sent: 4, answered: 3, late: 1 })
    connection.send(message(5), "", 5, Infinity)
    const fifth = connection.take()
    assert.strictEqual(fifth.buffer, taken[0]!.buffer)
    assert.strictEqual(fifth.byteOffset, taken[0]!.byteOffset)
    assert.strictEqual(requests(fifth)[0]!.timestamp, 5n)
  })

  it("fails a request at its deadline, quarantines its number, and drops the late response", () => {
    const { connection, settled, written } = harness()
    connection.send(message(1), "one", 1, 100)
    const [one] = written()
    connection.send(message(2), "two", 2, 50)
    connection.send(message(3), "three", 3, 200)
    assert.strictEqual(connection.wakeAt, 50)
    connection.sweep(49)
    assert.deepStrictEqual(settled, [])
    connection.sweep(100)
    assert.deepStrictEqual(
      settled.map(([data, tag, reason]) => [data, tag, (reason as EchoClientError.Timeout).written]),
      [
        ["one", 1, true],
        ["two", 2, false]
      ]
    )
    assert.strictEqual(reasonOf(settled[0]!)._tag, "Timeout")
    assert.include(reasonOf(settled[0]!).message, "before the response arrived")
    assert.include(reasonOf(settled[1]!).message, "never written")
    assert.strictEqual(connection.wakeAt, 200)
    assert.strictEqual(connection.quarantined, 2)
    assert.strictEqual(connection.inFlight, 1)
    assert.isUndefined(connection.receive(encodeResponse(responseTo(one!))))
    assert.strictEqual(settled.length, 2)
    assert.strictEqual(connection.quarantined, 1)
    assert.deepStrictEqual(connection.counters, { sent: 3, answered: 0, late: 1, timedOut: 2, cancelled: 0, lost: 0 })
  })

  it("never gives out a quarantined number", () => {
    const { connection } = harness()
    connection.send(message(0), "gone", 0, Infinity)
    assert.strictEqual(connection.cancel("gone", 0), 1)
    const given = new Set<number>()
    for (let i = 0; i < 255; i++) given.add(connection.send(message(i), "", 0, Infinity))
    assert.strictEqual(given.size, 255)
    assert.isFalse(given.has(0))
    assert.strictEqual(connection.send(message(1), "", 0, Infinity), Connection.full)
  })

  it("withdraws all requests of one owner, and only them", () => {
    const { connection, settled, written } = harness()
    connection.send(message(1), "a", 1, Infinity)
    connection.send(message(2), "b", 2, Infinity)
    connection.send(message(3), "a", 3, Infinity)
    const requests = written()
    assert.strictEqual(connection.cancel("a", 0), 2)
    assert.strictEqual(connection.cancel("a", 0), 0)
    for (const request of requests) assert.isUndefined(connection.receive(encodeResponse(responseTo(request))))
    assert.deepStrictEqual(
      settled.map(([data]) => data),
      ["b"]
    )
    assert.strictEqual(connection.cancel("b", 0), 0)
    assert.strictEqual(connection.quarantined, 0)
    assert.deepStrictEqual(connection.counters, { sent: 3, answered: 1, late: 2, timedOut: 0, cancelled: 2, lost: 0 })
  })

  it("asks to be replaced when too many numbers are quarantined, or one for too long", () => {
    const { connection } = harness({ recycleAt: 3, recycleAfter: 1_000 })
    for (let i = 0; i < 3; i++) connection.send(message(i), `${i}`, 0, Infinity)
    assert.isFalse(connection.isWornOut(0))
    connection.cancel("0", 100)
    connection.cancel("1", 200)
    assert.strictEqual(connection.wakeAt, 1_100)
    assert.isFalse(connection.isWornOut(1_099))
    assert.isTrue(connection.isWornOut(1_100))
    connection.sweep(1_100)
    assert.strictEqual(connection.wakeAt, 1_200)
    connection.cancel("2", 300)
    assert.isTrue(connection.isWornOut(300))
  })

  it("calls a response that no request holds a violation, after it settled what came before", () => {
    const { connection, settled, written } = harness()
    connection.send(message(1), "one", 1, Infinity)
    const [one] = written()
    const twice = Buffer.concat([encodeResponse(responseTo(one!)), encodeResponse(responseTo(one!))])
    const violation = connection.receive(twice)
    assert.strictEqual(settled.length, 1)
    assert.include(violation!.message, "sequence 0, which no request holds")
  })

  it("calls a response to a request that was not written a violation", () => {
    const { connection, settled } = harness()
    connection.send(message(1), "one", 1, Infinity)
    const early = { ...message(1), apiKey: 0, sequence: 0, id: 1 } as const
    assert.include(connection.receive(encodeResponse(early))!.message, "which no request holds")
    assert.strictEqual(settled.length, 0)
  })

  it("calls malformed bytes a violation", () => {
    const { connection } = harness()
    assert.include(connection.receive(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0]))!.message, "broke the protocol")
  })

  it("fails each request once when it closes, and says whether it was written", () => {
    const { connection, settled, written } = harness()
    connection.send(message(1), "written", 1, Infinity)
    const [one] = written()
    connection.send(message(2), "unwritten", 2, Infinity)
    const lost = { _tag: "ConnectionLost", written: true, detail: "gone" } as EchoClientError.ConnectionLost
    connection.close(lost)
    connection.close(lost)
    assert.isTrue(connection.closed)
    assert.deepStrictEqual(
      settled.map((entry) => [entry[0], reasonOf(entry)._tag, (reasonOf(entry) as typeof lost).written]),
      [
        ["written", "ConnectionLost", true],
        ["unwritten", "ConnectionLost", false]
      ]
    )
    assert.strictEqual(connection.send(message(3), "", 0, Infinity), Connection.full)
    assert.isUndefined(connection.receive(encodeResponse(responseTo(one!))))
    assert.strictEqual(settled.length, 2)
  })

  it("passes a violation on to the requests it costs", () => {
    const { connection, settled } = harness()
    connection.send(message(1), "one", 1, Infinity)
    connection.close(connection.receive(new Uint8Array([0xff, 0xff, 0xff, 0xff]))!)
    const reason = reasonOf(settled[0]!) as EchoClientError.ProtocolViolation
    assert.strictEqual(reason._tag, "ProtocolViolation")
    assert.isFalse(reason.written)
  })

  it("lets callbacks send, cancel and close", () => {
    const log: Array<string> = []
    const connection: Connection.Connection<string> = Connection.make<string>({
      onResponse: (_, data) => {
        log.push(data)
        if (data === "first") assert.strictEqual(connection.send(message(9), "again", 0, Infinity), 2)
        if (data === "again") connection.close({ _tag: "ConnectionLost", written: true, detail: "" } as never)
      },
      onFailure: (reason, data) => log.push(`${data} ${reason._tag}`)
    })
    const requests = requestsIn()
    connection.send(message(1), "first", 0, Infinity)
    connection.send(message(2), "second", 0, Infinity)
    const [first, second] = requests(connection.take())
    connection.receive(encodeResponse(responseTo(first!)))
    const [again] = requests(connection.take())
    connection.receive(Buffer.concat([encodeResponse(responseTo(again!)), encodeResponse(responseTo(second!))]))
    assert.deepStrictEqual(log, ["first", "again", "second ConnectionLost"])
  })

  it("has subjects and bodies that are views of what arrived", () => {
    const { connection, settled, written } = harness()
    connection.send({ ...message(1), body: bytes("abc") }, "", 0, Infinity)
    const wire = encodeResponse(responseTo(written()[0]!))
    connection.receive(wire)
    assert.strictEqual((settled[0]![2] as Response).body.buffer, wire.buffer)
  })
})

describe("Sequences", () => {
  it("accounts for every number whatever happens", () => {
    const sequences = new Sequences()
    let seed = 1
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
    const held: Array<number> = []
    for (let step = 0; step < 20_000; step++) {
      if (random(2) === 0 && sequences.free > 0) {
        const sequence = sequences.take()
        assert.notInclude(held, sequence)
        held.push(sequence)
      } else if (held.length > 0) {
        const at = random(held.length)
        const sequence = held[at]!
        if (sequences.state[sequence] === 1 && random(3) === 0) sequences.quarantine(sequence, step)
        else {
          sequences.release(sequence)
          held.splice(at, 1)
        }
      }
      assert.strictEqual(sequences.free + sequences.inFlight + sequences.quarantined, 256)
      assert.strictEqual(sequences.inFlight + sequences.quarantined, held.length)
    }
  })
})
