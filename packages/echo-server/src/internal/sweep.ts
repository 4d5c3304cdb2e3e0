/** The clock of a server, and what it does to connections that take too long. */
import * as Duration from "effect/Duration"
import { LimitReached } from "../EchoServerError.ts"
import type { Limits } from "../Limits.ts"
import type { Served } from "./serve.ts"

/** The timeouts that each tick checks, in ticks. */
export interface Timeouts {
  readonly everyMillis: number
  readonly partialFrame: number
  readonly idle: number
  readonly writeStall: number
}

export const timeoutsOf = (limits: Limits): Timeouts => {
  const millis = [limits.partialFrameTimeout, limits.idleTimeout, limits.writeStallTimeout].map(Duration.toMillis)
  const everyMillis = Math.min(1000, Math.max(5, Math.min(...millis) / 4))
  const [partialFrame, idle, writeStall] = millis.map((each) => Math.ceil(each / everyMillis))
  return { everyMillis, partialFrame: partialFrame!, idle: idle!, writeStall: writeStall! }
}

type Timeout = "partialFrameTimeout" | "idleTimeout" | "writeStallTimeout"

/** Whether the peer takes nothing of what it should, for too long. */
const stalls = (served: Served, { writeStall }: Timeouts, tick: number): boolean => {
  if (served.writingSince >= 0) return tick - served.writingSince > writeStall
  const held = served.unsent()
  const taken = served.connection.bytesWritten - held
  if (held === 0 || taken !== served.taken) {
    served.taken = taken
    served.takenAt = tick
  }
  return held > 0 && held < Infinity && tick - served.takenAt > writeStall
}

const exceeded = (served: Served, timeouts: Timeouts, tick: number): Timeout | undefined => {
  const { connection } = served
  if (stalls(served, timeouts, tick)) return "writeStallTimeout"
  if (served.writingSince >= 0) return undefined
  // A connection that is not read, because its requests are being answered, owes no bytes.
  if (connection.inFlight > 0 || connection.hasWork) return undefined
  if (connection.partialSince >= 0) {
    return tick - connection.partialSince > timeouts.partialFrame ? "partialFrameTimeout" : undefined
  }
  return tick - connection.activeAt > timeouts.idle ? "idleTimeout" : undefined
}

/** Tells the connections that exceeded a timeout at `tick` to stop. */
export const sweep = (open: Iterable<Served>, limits: Limits, timeouts: Timeouts, tick: number): void => {
  for (const served of open) {
    const limit = exceeded(served, timeouts, tick)
    if (limit === undefined) continue
    served.connection.fault ??= new LimitReached({
      limit,
      value: Duration.format(Duration.fromInputUnsafe(limits[limit]))
    })
    // A peer that takes nothing would not take a goodbye either.
    served.signal(limit === "writeStallTimeout" ? "abort" : "drain")
  }
}
