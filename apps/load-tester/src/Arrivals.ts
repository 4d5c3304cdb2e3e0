/**
 * The times at which an open loop should send, in milliseconds: evenly spaced, shifted from connection to connection so
 * that they do not all send at once. Time not spent sending is owed: `next` stands still until the request is taken.
 */
export interface Arrivals {
  /** When the next request should be sent. */
  next: number
  /** Milliseconds between two requests of this connection. */
  readonly interval: number
}

/** The arrivals of connection `index` of `connections`, which together send `rate` requests a second from `start` on. */
export const make = (start: number, rate: number, index: number, connections: number): Arrivals => {
  const interval = (1000 * connections) / rate
  return { next: start + (interval * index) / connections, interval }
}

/** The intended time of the next request, if that time has come and lies before `end`; `undefined` otherwise. */
export const take = (arrivals: Arrivals, now: number, end: number): number | undefined => {
  const intended = arrivals.next
  if (intended > now || intended >= end) return undefined
  arrivals.next = intended + arrivals.interval
  return intended
}

/** How many requests should have been sent by `now` (but not from `end` on) and were not taken yet. */
export const owed = (arrivals: Arrivals, now: number, end: number): number =>
  Math.max(0, Math.ceil((Math.min(now, end) - arrivals.next) / arrivals.interval))
