/** What a run does: whom it loads, how, and for how long. */

/** The request every connection sends; only its sequence number and timestamp differ from one to the next. */
export interface Payload {
  readonly subject: Uint8Array
  readonly metadata: ReadonlyArray<number>
  readonly body: Uint8Array
}

/**
 * A run. Times are milliseconds. Without a `rate` the loop is closed: each answer releases the next request, `window`
 * of them in flight on each connection. With one (requests a second, over all connections) the loop is open: requests
 * have a time at which they should be sent, and their latency counts from that time, sent or not.
 */
export interface Plan {
  readonly host: string
  readonly port: number
  readonly connections: number
  readonly window: number
  readonly warmup: number
  readonly duration: number
  readonly rate: number | undefined
  readonly payload: Payload
  /** How long answers may still come in after the last request, before they count as missing. */
  readonly patience: number
}

const encoder = new TextEncoder()

/** The 57-byte request of the protocol's talk, its body cut or repeated to `bodyLength` bytes if one is given. */
export const payload = (bodyLength?: number): Payload => {
  const text = encoder.encode("We have a lot in common")
  const body = bodyLength === undefined ? text : new Uint8Array(bodyLength)
  for (let i = 0; i < body.length; i++) body[i] = text[i % text.length]!
  return { subject: encoder.encode("test"), metadata: [1, 2, 3], body }
}
