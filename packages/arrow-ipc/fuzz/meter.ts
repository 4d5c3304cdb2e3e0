/** What a call costs: processor time, and what it leaves in memory. */

interface Cost {
  readonly name: string
  readonly milliseconds: number
  readonly megabytes: number
}

const nothing: Cost = { name: "nothing", milliseconds: 0, megabytes: 0 }

/** Bytes in use; what is no longer used is in there until it is collected. */
const used = (): number => {
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

const once = <A>(name: string, f: () => A): readonly [A, Cost] => {
  const memory = used()
  // Time of this process alone: on a busy machine the clock measures the others.
  const start = process.cpuUsage()
  const value = f()
  const { system, user } = process.cpuUsage(start)
  return [value, { name, milliseconds: (system + user) / 1000, megabytes: (used() - memory) / 2 ** 20 }]
}

const show = ({ megabytes, milliseconds, name }: Cost): string =>
  `${milliseconds.toFixed(1)} ms, ${megabytes.toFixed(1)} MB in ${name}`

/**
 * Measures calls against a bound. A call above it is made again, twice: what is left then is what its input costs,
 * not what V8 takes to compile code that runs for the first time, or to collect what other calls left.
 */
export class Meter {
  private slowest = nothing
  private largest = nothing
  private slowestFirst = nothing
  private found: Array<string> = []
  private readonly bound: { readonly milliseconds: number; readonly megabytes: number }

  constructor(bound: { readonly milliseconds: number; readonly megabytes: number }) {
    this.bound = bound
  }

  measure<A>(name: string, f: () => A): A {
    const [value, first] = once(name, f)
    let cost = first
    for (let again = 0; again < 2 && this.exceeds(cost); again++) {
      const [, next] = once(name, f)
      cost = {
        name,
        milliseconds: Math.min(cost.milliseconds, next.milliseconds),
        megabytes: Math.min(cost.megabytes, next.megabytes)
      }
    }
    if (this.exceeds(cost)) this.found.push(show(cost))
    if (cost.milliseconds > this.slowest.milliseconds) this.slowest = cost
    if (cost.megabytes > this.largest.megabytes) this.largest = cost
    if (first.milliseconds > this.slowestFirst.milliseconds) this.slowestFirst = first
    return value
  }

  /** The calls above the bound since the last time. */
  excesses(): ReadonlyArray<string> {
    const found = this.found
    this.found = []
    return found
  }

  summary(): string {
    return [
      `slowest call ${show(this.slowest)}`,
      `slowest before it was made again ${show(this.slowestFirst)}`,
      `largest growth ${show(this.largest)}`
    ].join("\n")
  }

  private exceeds({ megabytes, milliseconds }: Cost): boolean {
    return milliseconds > this.bound.milliseconds || megabytes > this.bound.megabytes
  }
}
