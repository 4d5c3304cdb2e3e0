/** Peers of all manners at once, over real sockets: who behaves gets all of its responses and nothing else. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Net from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import type { Handler } from "../src/index.ts"
import { concat, direct, eventually, listen, request, responsesIn, tcp, text } from "./support.ts"

const seed = Number(process.env["BYTEWRIGHT_SEED"] ?? 20_261_128)

/** Reproducible randomness: an integer below `n`. */
const randomOf = (seed: number) => {
  let state = seed % 2_147_483_647 || 1
  return (n: number): number => (state = (state * 48_271) % 2_147_483_647) % n
}

/** What the handler does is what the subject says. */
const handler: Handler.Handler<string> = (request) => {
  const subject = text(request.subject)
  if (subject === "fail") return Effect.fail("as it was told to")
  if (subject === "inline") return Effect.map(Effect.succeed(request), (reply) => reply)
  return subject === "late" ? Effect.as(Effect.sleep(request.sequence & 15), request) : request
}

const manners = ["polite", "patient", "slow", "broken", "failing", "reset", "vanishing", "silent"] as const

class Visitor {
  readonly manner: (typeof manners)[number]
  readonly sent: ReadonlyArray<{ readonly sequence: number; readonly body: string }>
  readonly received: Array<Uint8Array> = []
  ending: "end" | "error" | undefined
  private readonly random: (n: number) => number
  private readonly frames: ReadonlyArray<Uint8Array>

  constructor(index: number) {
    const random = randomOf(seed + index * 7919)
    this.random = random
    this.manner = manners[index % manners.length]!
    const subjects = this.manner === "broken" ? ["now"] : ["now", "inline", "late"]
    const longest = this.manner === "slow" ? 60_000 : 400
    this.sent = Array.from({ length: this.manner === "silent" ? 0 : 1 + random(100) }, (_, sequence) => ({
      sequence,
      body: String.fromCharCode(97 + random(26)).repeat(random(longest))
    }))
    this.frames = this.sent.map(({ body, sequence }) =>
      request(sequence, { body, subject: subjects[random(subjects.length)]! }).slice()
    )
  }

  /** What is sent, in pieces that have nothing to do with frames. */
  private pieces(): ReadonlyArray<Uint8Array> {
    const last =
      this.manner === "broken"
        ? [Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1, 2, 3)]
        : this.manner === "failing"
          ? [request(120, { subject: "fail" })]
          : []
    const bytes = concat(...this.frames, ...last)
    const pieces: Array<Uint8Array> = []
    for (let at = 0; at < bytes.length;) {
      const size = 1 + this.random(this.random(2) === 0 ? 60 : 20_000)
      pieces.push(bytes.subarray(at, at + size))
      at += size
    }
    return pieces
  }

  async visit(port: number): Promise<void> {
    const { manner, random } = this
    const socket = Net.connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true })
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()))
    socket.on("error", () => (this.ending = "error"))
    socket.on("end", () => {
      this.ending ??= "end"
      socket.end()
    })
    socket.on("data", (chunk: Uint8Array) => {
      this.received.push(chunk)
      if (manner !== "slow") return
      socket.pause()
      setTimeout(() => socket.resume(), random(3))
    })
    const pieces = this.pieces()
    const leaves = manner === "reset" || manner === "vanishing" ? random(pieces.length) : Infinity
    for (const [index, piece] of pieces.entries()) {
      if (index === leaves) break
      socket.write(piece)
      if (random(4) === 0) await sleep(random(3))
    }
    if (manner === "reset") socket.resetAndDestroy()
    else if (manner === "vanishing") socket.destroy()
    else if (manner === "patient") {
      while (responsesIn(this.received).length < this.sent.length && this.ending === undefined) await sleep(5)
      socket.end()
    } else if (manner !== "broken" && manner !== "failing") socket.end()
    await closed
  }

  /** Whether it got what it should have got. */
  check(): void {
    const { ending, manner, sent } = this
    if (manner === "reset" || manner === "vanishing") return
    assert.strictEqual(ending, "end", manner)
    const responses = responsesIn(this.received)
    const bodies = new Map(sent.map(({ body, sequence }) => [sequence, body]))
    for (const { body, sequence } of responses) {
      assert.strictEqual(text(body), bodies.get(sequence), manner)
      bodies.delete(sequence)
    }
    // Handlers that were suspended when another failed are given up.
    if (manner !== "failing") assert.deepStrictEqual([...bodies.keys()], [], manner)
  }
}

describe(`visitors (BYTEWRIGHT_SEED=${seed})`, () => {
  for (const [way, transport] of [
    ["directly", direct],
    ["through the socket alone", tcp]
  ] as const) {
    it.live(`of all manners are served side by side (${way})`, () =>
      Effect.gen(function* () {
        const { port, server } = yield* listen({ handler, limits: { maxInFlightTotal: 300 } }, transport)
        const visitors = Array.from({ length: 160 }, (_, index) => new Visitor(index))
        yield* Effect.promise(() => Promise.all(visitors.map((visitor) => visitor.visit(port))))
        for (const visitor of visitors) visitor.check()
        const each = visitors.length / manners.length
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        const { faults, inFlight } = yield* server.stats
        assert.strictEqual(inFlight, 0)
        assert.deepStrictEqual(faults, { MalformedRequest: each, HandlerFailed: each })
      })
    )
  }
})
