import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Storm from "../chaos/storm.ts"

const seed = Number(process.env["BYTEWRIGHT_SEED"] ?? 20_261_121)

describe(`chaos (BYTEWRIGHT_SEED=${seed})`, () => {
  it.live("replies late, lost, sliced and out of order, servers that restart: nothing wrong, unsettled or leaked", () =>
    Effect.gen(function* () {
      const report = yield* Storm.run({ ...Storm.weather, requests: 20_000, seed, restartEvery: 500 })
      assert.strictEqual(report.wrong, 0)
      assert.strictEqual(report.unsettled, 0)
      assert.strictEqual(report.leaked, 0)
      const failed = Object.values(report.failures).reduce((sum, count) => sum + count, 0)
      assert.strictEqual(report.answered + report.interrupted + failed, 20_000)
      assert.notProperty(report.failures, "Defect")
      // How many are in time is the machine's affair; that the storm was no mere outage is not.
      assert.isAbove(report.answered, 1_000)
      assert.isAbove(report.faults["reorder"]!, 100)
      assert.isAbove(report.faults["drop"]!, 1)
      assert.isAbove(report.stats.late, 100)
      assert.isAbove(report.stats.connected, 6)
    })
  )

  it.live("doubled replies: most are a protocol violation, and every request still settles", () =>
    Effect.gen(function* () {
      const report = yield* Storm.run({
        requests: 3_000,
        seed,
        toServer: {},
        toClient: { duplicate: 0.01, reorderBy: 5 },
        restartEvery: 0
      })
      assert.strictEqual(report.unsettled, 0)
      assert.strictEqual(report.leaked, 0)
      assert.isAbove(report.faults["duplicate"]!, 10)
    })
  )

  it.live("doubled and corrupt replies with verify: nothing wrong", () =>
    Effect.gen(function* () {
      const report = yield* Storm.run({
        requests: 5_000,
        seed,
        toServer: {},
        toClient: { duplicate: 0.01, reorderBy: 5, corrupt: 0.01 },
        restartEvery: 0,
        verify: true
      })
      assert.strictEqual(report.wrong, 0)
      assert.strictEqual(report.unsettled, 0)
      assert.strictEqual(report.leaked, 0)
      assert.isAbove(report.failures["ProtocolViolation"]!, 10)
    })
  )

  it.live("corrupt bytes: every request still settles", () =>
    Effect.gen(function* () {
      const report = yield* Storm.run({
        requests: 3_000,
        seed,
        toServer: {},
        toClient: { corrupt: 0.01 },
        restartEvery: 0
      })
      assert.strictEqual(report.unsettled, 0)
      assert.strictEqual(report.leaked, 0)
      assert.isAbove(report.faults["corrupt"]!, 10)
    })
  )
})
