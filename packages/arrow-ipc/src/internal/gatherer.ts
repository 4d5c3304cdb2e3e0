/** Collects what is needed next from chunks. */

const firstAllocation = 2 ** 20

const none: Uint8Array = new Uint8Array(0)

/**
 * What is needed comes as a view if one chunk holds it, or if chunks lie one after another in one buffer; else as a
 * copy that grows with what has arrived, so that an announced length alone allocates nothing to speak of.
 */
export class Gatherer {
  /** Bytes consumed since the first chunk. */
  offset = 0
  private chunk = none
  private position = 0
  /** What was taken from chunks before this one: its first `held` bytes. */
  private pending = none
  private held = 0
  /** Whether `pending` is a copy, not a view of chunks. */
  private isOwn = false

  feed(chunk: Uint8Array): void {
    this.chunk = chunk
    this.position = 0
  }

  /** Whether no byte is left over. */
  get isEmpty(): boolean {
    return this.held + this.chunk.length === this.position
  }

  take(need: number): Uint8Array | undefined {
    const { held, position } = this
    const part = this.chunk.subarray(position, position + need - held)
    const length = held + part.length
    const gathered = held === 0 ? part : this.join(part, length, need)
    const isDone = length === need
    this.position += part.length
    this.pending = isDone ? none : gathered
    this.held = isDone ? 0 : length
    if (!isDone) return undefined
    this.isOwn = false
    this.offset += need
    return gathered
  }

  private join(part: Uint8Array, length: number, need: number): Uint8Array {
    const { held, isOwn, pending } = this
    if (!isOwn && pending.buffer === part.buffer && pending.byteOffset + held === part.byteOffset) {
      return new Uint8Array(part.buffer, pending.byteOffset, length)
    }
    let joined = pending
    if (!isOwn || pending.length < length) {
      joined = new Uint8Array(Math.min(need, Math.max(firstAllocation, length * 8)))
      joined.set(pending.subarray(0, held))
      this.isOwn = true
    }
    joined.set(part, held)
    return joined
  }
}
