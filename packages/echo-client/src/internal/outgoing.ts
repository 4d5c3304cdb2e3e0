/** The bytes that wait for the connection's next write. */

const slabSize = 65_536

/**
 * Frames are written one behind the other into a slab; `take` hands out what was added since the last time as one
 * view. A slab is not written to again where it was handed out, unless `rewind` says that nobody needs those bytes.
 */
export class Outgoing {
  private slab = new Uint8Array(0)
  private start = 0
  private end = 0
  /** Bytes ever added, and ever taken: positions in the connection's outgoing stream. */
  added = 0
  taken = 0

  /** All that was added is taken, and the peer has read it: the memory, which is still in the cache, is used again. */
  rewind(): void {
    this.start = 0
    this.end = 0
  }

  /** The slab, with room for `size` more bytes at `offset`. */
  reserve(size: number): Uint8Array {
    if (this.slab.length - this.end < size) {
      // What was added and not taken moves along, so that one view can hold it all.
      const waiting = this.slab.subarray(this.start, this.end)
      this.slab = new Uint8Array(Math.max(slabSize, 2 * (waiting.length + size)))
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
}
