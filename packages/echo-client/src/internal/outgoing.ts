/** The bytes that wait for the connection's next write. */

const slabSize = 16_384
const mostRetired = 8

interface Retired {
  readonly slab: Uint8Array<ArrayBuffer>
  /** Where in the stream its bytes end. */
  readonly until: number
}

/**
 * Frames are written one behind the other into a slab; `take` hands out what was added since the last time as one view.
 * Memory is written to again only when a response proved that the peer has what was handed out, and so that the socket
 * has done with it: no socket here says when that is, and fresh memory for each write costs more than everything else.
 */
export class Outgoing {
  private slab = new Uint8Array(0)
  private start = 0
  private end = 0
  private proven = 0
  private readonly retired: Array<Retired> = []
  /** Bytes ever added, and ever taken: positions in the connection's outgoing stream. */
  added = 0
  taken = 0

  /** The slab, with room for `size` more bytes at `offset`. */
  reserve(size: number): Uint8Array {
    if (this.proven === this.added) {
      this.start = 0
      this.end = 0
    }
    if (this.slab.length - this.end < size) {
      // What was added and not taken moves along, so that one view can hold it all.
      const waiting = this.slab.subarray(this.start, this.end)
      this.replace(waiting.length + size)
      this.slab.set(waiting)
      this.start = 0
      this.end = waiting.length
    }
    return this.slab
  }

  get offset(): number {
    return this.end
  }

  /** Makes what was written up to `end` part of the stream. */
  commit(end: number): void {
    this.added += end - this.end
    this.end = end
  }

  take(): Uint8Array {
    const bytes = this.slab.subarray(this.start, this.end)
    this.start = this.end
    this.taken = this.added
    return bytes
  }

  /** The peer has everything up to this position. */
  prove(position: number): void {
    if (position > this.proven) this.proven = position
  }

  private replace(size: number): void {
    const oldest = this.retired[0]
    if (this.slab.length === slabSize && this.retired.length < mostRetired) {
      this.retired.push({ slab: this.slab, until: this.taken })
    }
    if (size <= slabSize && oldest !== undefined && oldest.until <= this.proven) {
      this.retired.shift()
      this.slab = oldest.slab
    } else this.slab = new Uint8Array(Math.max(slabSize, 2 * size))
  }
}
