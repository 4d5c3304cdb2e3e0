/** What the connections of one server share. */
import type { Handler } from "../Handler.ts"
import { Slabs } from "./slabs.ts"
import type * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/** Runs an effect with the server's services; returns when it has ended or suspends. */
export type Fork = <A, E>(effect: Effect.Effect<A, E, never>) => Fiber.Fiber<A, E>

/** Counters, limits and memory that all connections use. */
export class Shared {
  readonly handler: Handler<unknown>
  readonly fork: Fork
  readonly lazy: boolean
  readonly maxFrameSize: number
  readonly maxInFlight: number
  readonly maxInFlightTotal: number
  readonly slabs = new Slabs()
  /** Connections that stopped because too many requests are in flight over all. */
  readonly waiting = new Set<{ readonly wake: () => void }>()
  /** Counts the sweeps: a clock that costs nothing to read. */
  tick = 0
  inFlight = 0
  requests = 0
  responses = 0
  bytesRead = 0
  bytesWritten = 0

  constructor(options: {
    readonly handler: Handler<unknown>
    readonly fork: Fork
    readonly lazy: boolean
    readonly maxFrameSize: number
    readonly maxInFlight: number
    readonly maxInFlightTotal: number
  }) {
    this.handler = options.handler
    this.fork = options.fork
    this.lazy = options.lazy
    this.maxFrameSize = options.maxFrameSize
    this.maxInFlight = options.maxInFlight
    this.maxInFlightTotal = options.maxInFlightTotal
  }

  /** One request less is in flight. */
  settled(): void {
    this.inFlight--
    if (this.waiting.size === 0 || this.inFlight >= this.maxInFlightTotal) return
    const waiting = [...this.waiting]
    this.waiting.clear()
    for (const each of waiting) each.wake()
  }
}
