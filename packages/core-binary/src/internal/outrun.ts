/** What a writer does about contents that a reader takes to the end of their window. */
import type { WriteGenerator } from "./WriteGenerator.ts"
import type { WriteState } from "./Writer.ts"

/** A reader takes what stands before to be the last of the window. */
export const emitMustEnd = ({ source }: WriteGenerator): void => {
  source.flush()
  source.line("if (tail < 0) tail = p")
}

/** The code around a window of its own. */
export const emitClosed = (g: WriteGenerator, body: () => void): void => {
  if (!g.module.outruns) return body()
  const { source } = g
  const outer = source.bind("l", "tail")
  source.line("tail = -1")
  body()
  source.flush()
  g.fail("tail >= 0 && tail !== p")
  source.line(`tail = ${outer}`)
}

/** Ends a window: what asked for its rest must agree, and nothing stand behind what a reader takes to its end. */
const ends = (s: WriteState): boolean => {
  for (const check of s.open) if (!check(s)) return false
  if (s.last < 0 || s.last === s.p) return true
  s.path = [...s.lastPath]
  return s.refuse("Unrepresentable", "the end of the window", "more behind it", s.last)
}

export const mustEnd = (s: WriteState): true => {
  s.ends = ends
  if (s.last < 0) {
    s.last = s.p
    s.lastPath = [...s.path]
  }
  return true
}

/** Lets a check wait for the end of the window. */
export const checkAtEnd = (s: WriteState, check: (s: WriteState) => boolean): true => {
  s.ends = ends
  s.open = [...s.open, check]
  return true
}

/** Writes a window of its own. */
export const closed =
  <A>(body: (s: WriteState, value: A) => boolean) =>
  (s: WriteState, value: A): boolean => {
    const { last, open } = s
    s.last = -1
    s.open = []
    if (!body(s, value) || !ends(s)) return false
    s.last = last
    s.open = open
    return true
  }
