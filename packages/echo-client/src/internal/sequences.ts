/** Which of the 256 sequence numbers may be used, and what became of the others. */

/** No request holds the number. */
export const free = 0
/** A request waits for the response that carries the number. */
export const inFlight = 1
/** Its request gave up; the number is unusable until the late response arrives or the connection closes. */
export const quarantined = 2

/**
 * The numbers of one connection. Free ones wait in a ring, first in first out, so that a number rests as long as
 * possible before it is used again. Numbers are 0..255 here and -128..127 on the wire.
 */
export class Sequences {
  readonly state = new Uint8Array(256)
  readonly quarantinedAt = new Float64Array(256)
  private readonly ring = Uint8Array.from({ length: 256 }, (_, index) => index)
  private head = 0
  free = 256
  inFlight = 0
  quarantined = 0

  /** The next free number, now in flight. Only to be called while `free > 0`. */
  take(): number {
    const sequence = this.ring[this.head]!
    this.head = (this.head + 1) & 255
    this.free--
    this.inFlight++
    this.state[sequence] = inFlight
    return sequence
  }

  /** Returns a number whose response arrived. */
  release(sequence: number): void {
    if (this.state[sequence] === inFlight) this.inFlight--
    else this.quarantined--
    this.state[sequence] = free
    this.ring[(this.head + this.free) & 255] = sequence
    this.free++
  }

  /** Withdraws a number whose request gave up. */
  quarantine(sequence: number, now: number): void {
    this.state[sequence] = quarantined
    this.quarantinedAt[sequence] = now
    this.inFlight--
    this.quarantined++
  }
}
