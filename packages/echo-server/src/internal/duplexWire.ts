/** A wire over a stream that is used directly. */
import type { Duplex } from "../Transport.ts"
import { faultOf, type Wire, type WireEvents } from "./wire.ts"

export class DuplexWire implements Wire {
  private readonly stream: Duplex
  private readonly events: WireEvents

  constructor(stream: Duplex, events: WireEvents) {
    this.stream = stream
    this.events = events
  }

  get unsent(): number {
    return this.stream.writableLength
  }

  get holdsNothing(): boolean {
    return this.unsent === 0
  }

  start(): void {
    const { events, stream } = this
    stream.on("error", (error) => events.lost(faultOf(error)))
    stream.on("close", () => events.lost(undefined))
    stream.on("readable", () => events.readable())
    stream.on("drain", () => events.writable())
    stream.on("end", () => events.ended())
    stream.on("finish", () => events.finished())
  }

  read(): Uint8Array | null {
    return this.stream.read() as Uint8Array | null
  }

  write(bytes: Uint8Array): boolean {
    return this.stream.write(bytes)
  }

  end(): void {
    this.stream.end()
  }

  close(): void {
    this.stream.destroy()
  }
}
