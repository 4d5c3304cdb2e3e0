/** What a writer does about contents that a reader takes to the end of their window. */
import type { WriteGenerator } from "./WriteGenerator.ts"
import type { WriteState } from "./Writer.ts"

/** A reader takes what stands before to be the last of the window. */
export const emitMustEnd = ({ module, source }: WriteGenerator): void => {
  if (!module.outruns) return
  source.flush()
  source.line("if (last < 0) last = p")
}

/** The code around a window of its own. */
export const emitClosed = (g: WriteGenerator, body: () => void): void => {
  if (!g.module.outruns) return body()
  const { source } = g
  const outer = source.bind("l", "last")
  source.line("last = -1")
  body()
  source.flush()
  g.fail("last >= 0 && last !== p")
  source.line(`last = ${outer}`)
}

export const mustEnd = (s: WriteState): true => {
  if (s.last < 0) {
    s.last = s.p
    s.lastPath = [...s.path]
  }
  return true
}

/** Writes a window of its own. */
export const closed =
  <A>(body: (s: WriteState, value: A) => boolean) =>
  (s: WriteState, value: A): boolean => {
    const { last, open } = s
    s.last = -1
    s.open = []
    if (!body(s, value) || !s.ends()) return false
    s.last = last
    s.open = open
    return true
  }
