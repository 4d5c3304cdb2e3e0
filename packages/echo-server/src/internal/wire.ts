/** What carries the bytes of one connection, as calls and events; none of them waits. */
import { type Reason, TransportFailed } from "../EchoServerError.ts"

/** What a wire tells, at any time: also while it is called. */
export interface WireEvents {
  /** There may be bytes to read. */
  readable(): void
  /** More may be written, after a `write` that returned `false`. */
  writable(): void
  /** The peer has ended its side, and all that it sent was read. */
  ended(): void
  /** All that was written was taken, and this side has ended. */
  finished(): void
  /** The connection is lost: by a fault, or because the peer went away. */
  lost(fault: Reason | undefined): void
}

export interface Wire {
  /** Begins to tell. */
  start(): void
  /** Bytes that were written and that are not known to be taken. */
  readonly unsent: number
  /** Whether the memory of what was written may be used again. */
  readonly holdsNothing: boolean
  /** The bytes that have arrived next, or `null`: then `readable` tells of more. */
  read(): Uint8Array | null
  /** Takes all of `bytes`; returns whether more may be written at once. */
  write(bytes: Uint8Array): boolean
  /** Ends this side when all was taken that was written. */
  end(): void
  /** Closes the connection; what was written and not taken is lost if `abort` is set. Nothing is told any more. */
  close(abort: boolean): void
}

/** Makes the wire of the one who is told. */
export type Connect = (events: WireEvents) => Wire

/** What operating systems call a peer that went away. */
const ordinary = new Set<unknown>(["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"])

/** Whose fault it is that the transport failed: nobody's, when the peer just went away. */
export const faultOf = (cause: unknown): Reason | undefined =>
  cause instanceof Error && "code" in cause && ordinary.has(cause.code) ? undefined : new TransportFailed({ cause })
