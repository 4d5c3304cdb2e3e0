/** The way that requests take most of the time: answered in the event that brings them. */
import type { Duplex } from "../Transport.ts"
import type { Connection } from "./connection.ts"
import type { Shared } from "./shared.ts"

/**
 * Answers what has arrived as long as nothing has to be waited for: the peer to take responses, a limit, a fault. Returns
 * whether there is something to wait for; what was not read then is left to the socket's reader.
 */
export const answerHot = (connection: Connection, stream: Duplex, shared: Shared): boolean => {
  const { output } = connection
  /** Hands over the responses that wait; returns whether the transport took them all. */
  const send = (): boolean => {
    if (output.length > 0) {
      const bytes = output.take()
      shared.bytesWritten += bytes.length
      connection.bytesWritten += bytes.length
      stream.write(bytes)
    }
    if (stream.writableLength > 0) return false
    output.release()
    return true
  }
  let chunk
  while (!connection.isStuck && stream.writableLength === 0 && (chunk = stream.read()) !== null) {
    connection.receive(chunk as Uint8Array)
    connection.drive()
    while (connection.hasWork && send() && connection.hasRoom) connection.drive()
  }
  send()
  return connection.isStuck
}
