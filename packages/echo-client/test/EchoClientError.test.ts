import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EchoClientError } from "../src/index.ts"

describe("EchoClientError", () => {
  it("says what happened in words", () => {
    const messageOf = (reason: EchoClientError.Reason) => new EchoClientError.EchoClientError({ reason }).message
    assert.strictEqual(
      messageOf(new EchoClientError.ConnectionLost({ written: false, detail: "reset" })),
      "the connection was lost before the request was written: reset"
    )
    assert.strictEqual(
      messageOf(new EchoClientError.ConnectionLost({ written: true, detail: "reset" })),
      "the connection was lost after the request was written: reset"
    )
    assert.strictEqual(messageOf(new EchoClientError.Closed()), "the client is closed")
    assert.strictEqual(
      messageOf(new EchoClientError.Timeout({ phase: "queued", written: false, lastFailure: "refused" })),
      "the deadline passed while the request waited for a connection with room; last failure: refused"
    )
  })

  it.effect("is recovered from by its reason", () =>
    Effect.gen(function* () {
      const failing: Effect.Effect<number, EchoClientError.EchoClientError> = Effect.fail(
        new EchoClientError.EchoClientError({ reason: new EchoClientError.Overloaded({ waiting: 3 }) })
      )
      const waiting = yield* Effect.catchReason(failing, "EchoClientError", "Overloaded", (reason) =>
        Effect.succeed(reason.waiting)
      )
      assert.strictEqual(waiting, 3)
    })
  )
})
