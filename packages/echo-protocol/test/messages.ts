import type { Request, Response } from "../src/index.ts"

/** A small generator of numbers that a token replays (xorshift32). */
export const seeded = (token: number) => {
  let state = token | 1
  const next = (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
  const bytes = (most: number): Uint8Array => Uint8Array.from({ length: next(most + 1) }, () => next(256))
  const int64 = (): bigint => BigInt.asIntN(64, (BigInt(next(0x100000000)) << 32n) | BigInt(next(0x100000000)))
  return {
    next,
    request: (): Request.Request => ({
      apiKey: 0,
      sequence: next(256) - 128,
      timestamp: int64(),
      subject: bytes(40),
      metadata: Array.from({ length: next(20) }, () => next(65536) - 32768),
      body: bytes(200)
    }),
    response: (): Response.Response => ({
      apiKey: 0,
      sequence: next(256) - 128,
      id: next(0x100000000) - 0x80000000,
      timestamp: int64(),
      subject: bytes(40),
      body: bytes(200)
    })
  }
}

/** The token of this run: fixed, unless `BYTEWRIGHT_SEED` asks for another. */
export const token = Number(process.env["BYTEWRIGHT_SEED"] ?? 20261121)
