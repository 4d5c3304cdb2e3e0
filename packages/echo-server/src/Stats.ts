/**
 * What a server counts.
 *
 * @since 0.1.0
 */

/**
 * Counts of a server since it was made; `open` and `inFlight` are what they are now.
 *
 * **Details**
 *
 * `faults` counts the connections that were closed for a reason of `EchoServerError`, by that reason's tag.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stats {
  readonly open: number
  readonly accepted: number
  readonly inFlight: number
  readonly requests: number
  readonly responses: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly faults: Readonly<Record<string, number>>
}
