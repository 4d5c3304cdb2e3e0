/** The responses of one connection that wait to be written. */
import { Response } from "@bytewright/echo-protocol"
import type { Slabs } from "./slabs.ts"

const none: Uint8Array = new Uint8Array(0)

/**
 * Responses are encoded one behind the other into a slab; `take` hands out what was added since the last time. What was
 * handed out is not written to again until `release` says that the transport no longer holds it.
 */
export class Output {
  private readonly slabs: Slabs
  private slab = none
  private start = 0
  private end = 0

  constructor(slabs: Slabs) {
    this.slabs = slabs
  }

  /** Bytes that wait. */
  get length(): number {
    return this.end - this.start
  }

  /** Appends `response`; `false` when it cannot be represented. */
  add(response: Response.Response): boolean {
    const size = Response.size(response)
    if (this.slab.length - this.end < size) this.grow(size)
    const end = Response.write(response, this.slab, this.end)
    if (end < 0) return false
    this.end = end
    return true
  }

  take(): Uint8Array {
    const bytes = this.slab.subarray(this.start, this.end)
    this.start = this.end
    return bytes
  }

  /** The transport holds nothing of what was taken. */
  release(): void {
    if (this.length > 0) return
    this.slabs.give(this.slab)
    this.slab = none
    this.start = this.end = 0
  }

  private grow(size: number): void {
    const waiting = this.slab.subarray(this.start, this.end)
    const slab = this.slabs.take(2 * waiting.length + size)
    slab.set(waiting)
    this.slab = slab
    this.start = 0
    this.end = waiting.length
  }
}
