/** What is measured beside this package. */
import type { Claim } from "../../../harness/ratio.ts"

type Peer = Claim["against"]

/**
 * The faster of two peers, by the best of a few rounds of each, so that a claim is always against the best there is.
 */
export const best = (...peers: ReadonlyArray<Peer>): Peer => {
  const fastest = ({ run }: Peer): number => {
    let least = Infinity
    for (let i = 0; i < 4; i++) {
      const start = performance.now()
      run()
      least = Math.min(least, performance.now() - start)
    }
    return least
  }
  return peers.map((peer) => ({ peer, time: fastest(peer) })).sort((a, b) => a.time - b.time)[0]!.peer
}
