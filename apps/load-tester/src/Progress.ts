/** Live progress, on stderr: one line that is rewritten on a terminal, one line an interval elsewhere. */
import type { Interval } from "./Merge.ts"
import * as Print from "./Print.ts"

/** What of a terminal progress needs. */
export interface Screen {
  readonly isTTY: boolean
  readonly write: (text: string) => void
}

/** How progress is shown: what is going on, how an interval went, and that all is over. */
export interface Progress {
  readonly say: (text: string) => void
  readonly interval: (interval: Interval) => void
  readonly end: () => void
}

const bar = (part: number, width: number): string => {
  const full = Math.round(Math.min(1, part) * width)
  return `${"█".repeat(full)}${"░".repeat(width - full)}`
}

/** Progress of a run that measures for `duration` milliseconds. */
export const make = (screen: Screen, duration: number): Progress => {
  if (!screen.isTTY) {
    return {
      say: (text) => screen.write(`${text}\n`),
      interval: (interval) => screen.write(`${Print.interval(interval)}\n`),
      end: () => undefined
    }
  }
  const rewrite = (text: string): void => screen.write(`\r\u001B[2K${text}`)
  return {
    say: (text) => rewrite(text),
    interval: (interval) =>
      rewrite(`\u001B[36m${bar((interval.seconds * 1000) / duration, 20)}\u001B[0m${Print.interval(interval)}`),
    end: () => rewrite("")
  }
}
