/** What contenders share: their arguments, what they count, and the one JSON line that each prints. */

const [name, port, connections, window, seconds] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
  number
]

export { connections, name, port, window }

// One request at a time: each one's latency counts. More, and reading the clock would be most of what is measured.
const single = connections * window === 1
const latencies: Array<number> = []
let lastAt = performance.now()

let done = 0
let wrong = 0
let stopped = false

export const running = (): boolean => !stopped

/** A request was answered, rightly or not. */
export const count = (right: boolean): void => {
  done++
  if (single) {
    const now = performance.now()
    latencies.push(now - lastAt)
    lastAt = now
  }
  if (!right) wrong++
}

// What is compiled meanwhile, by threads that count as CPU, is not what a request costs.
const warmUp = 2_000

/** Counts for so long, prints the result, and ends the process. */
export const measure = (): void => {
  setTimeout(() => {
    latencies.length = 0
    const from = { done, cpu: process.cpuUsage(), at: performance.now() }
    setTimeout(() => {
      stopped = true
      const elapsed = (performance.now() - from.at) / 1_000
      const cpu = process.cpuUsage(from.cpu)
      const requests = done - from.done
      console.log(
        JSON.stringify({
          name,
          wrong,
          perSecond: Math.round(requests / elapsed),
          cpuMicroseconds: (cpu.user + cpu.system) / requests,
          medianMicroseconds: single ? 1_000 * latencies.sort((a, b) => a - b)[latencies.length >> 1]! : 0
        })
      )
      process.exit(wrong === 0 && requests > 0 ? 0 : 1)
    }, seconds * 1_000)
  }, warmUp)
}
