/** The responses of one connection that wait to be written. */
import type { EncodeError } from "@bytewright/core-binary/BinaryError"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Result from "effect/Result"
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

  /** Appends `response`, or says why it cannot be written. */
  add(response: Response.Response): EncodeError | undefined {
    if (this.slab === none) this.slab = this.slabs.take(0)
    let end = Response.codec.write(response, this.slab, this.end)
    if (end === -1) {
      const size = Response.codec.size(response)
      if (Result.isFailure(size)) return size.failure
      this.grow(size.success)
      end = Response.codec.write(response, this.slab, this.end)
    }
    if (end < 0) return Response.codec.diagnoseValue(response)
    this.end = end
    return undefined
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
