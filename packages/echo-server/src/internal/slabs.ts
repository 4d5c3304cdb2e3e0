/** Memory that responses are written into, shared by the connections of a server. */

/** What a batch of answers to one read of a socket takes, and some. */
export const slabSize = 131_072

/** Slabs that no transport holds any longer; the last one given back is the first one taken, since it is in the cache. */
export class Slabs {
  private readonly free: Array<Uint8Array> = []

  take(size: number): Uint8Array {
    if (size > slabSize) return new Uint8Array(Math.max(size, 2 * slabSize))
    return this.free.pop() ?? new Uint8Array(slabSize)
  }

  give(slab: Uint8Array): void {
    if (slab.length === slabSize && this.free.length < 16) this.free.push(slab)
  }
}
