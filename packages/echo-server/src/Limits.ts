/**
 * What a server lets its peers use.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"

/**
 * Limits of a server, each with a default.
 *
 * **Details**
 *
 * Sizes are bytes.
 *
 * | limit | default | when it is reached |
 * | --- | --- | --- |
 * | `maxFrameSize`: a request, its size field included | 1 MiB | the connection is closed |
 * | `maxConnections`: open at once | 16,384 | a new one is closed at once |
 * | `maxInFlight`: unanswered requests of a connection | 256 | its bytes are not read |
 * | `maxInFlightTotal`: unanswered requests of all | 65,536 | no bytes are read |
 * | `partialFrameTimeout`: since the first byte of a frame | 30 seconds | the connection is closed |
 * | `idleTimeout`: since the last byte, with nothing in flight | 10 minutes | the connection is closed |
 * | `writeStallTimeout`: for the peer to take what was written | 30 seconds | the connection is closed |
 * | `gracePeriod`: to finish when the server stops | 10 seconds | what is left is closed |
 *
 * Timeouts are measured by a clock that ticks every quarter of the shortest of them, at least every second: they are
 * late by up to one tick.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly maxFrameSize: number
  readonly maxConnections: number
  readonly maxInFlight: number
  readonly maxInFlightTotal: number
  readonly partialFrameTimeout: Duration.Input
  readonly idleTimeout: Duration.Input
  readonly writeStallTimeout: Duration.Input
  readonly gracePeriod: Duration.Input
}

/**
 * The limits of a server that was told none.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults: Limits = {
  maxFrameSize: 1_048_576,
  maxConnections: 16_384,
  maxInFlight: 256,
  maxInFlightTotal: 65_536,
  partialFrameTimeout: "30 seconds",
  idleTimeout: "10 minutes",
  writeStallTimeout: "30 seconds",
  gracePeriod: "10 seconds"
}
