/** The clock of a server, and what it does to connections that take too long. */
import * as Duration from "effect/Duration"
import { LimitReached } from "../EchoServerError.ts"
import type { Limits } from "../Limits.ts"
import type { Session } from "./session.ts"

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
const stalls = (session: Session, { writeStall }: Timeouts, tick: number): boolean => {
  const { unsent } = session
  const taken = session.connection.bytesWritten - unsent
  if (unsent === 0 || taken !== session.taken) {
    session.taken = taken
    session.takenAt = tick
  }
  if (unsent === 0) session.release()
  return tick - session.takenAt > writeStall
}

const exceeded = (session: Session, timeouts: Timeouts, tick: number): Timeout | undefined => {
  const { connection } = session
  if (stalls(session, timeouts, tick)) return "writeStallTimeout"
  // A connection that is not read, because its requests are being answered or its responses not taken, owes no bytes.
  if (!session.isOpen || session.unsent > 0 || connection.inFlight > 0 || connection.hasWork) return undefined
  if (connection.partialSince >= 0) {
    return tick - connection.partialSince > timeouts.partialFrame ? "partialFrameTimeout" : undefined
  }
  return tick - connection.activeAt > timeouts.idle ? "idleTimeout" : undefined
}

/** Tells the connections that exceeded a timeout at `tick` to stop. */
export const sweep = (open: Iterable<Session>, limits: Limits, timeouts: Timeouts, tick: number): void => {
  for (const session of open) {
    const limit = exceeded(session, timeouts, tick)
    if (limit === undefined) continue
    session.connection.fault ??= new LimitReached({
      limit,
      value: Duration.format(Duration.fromInputUnsafe(limits[limit]))
    })
    // A peer that takes nothing would not take a goodbye either.
    session.signal(limit === "writeStallTimeout" ? "abort" : "drain")
  }
}
