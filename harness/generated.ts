import { readFileSync, writeFileSync } from "node:fs"
import { assert } from "vitest"

const update = process.env["BYTEWRIGHT_UPDATE"] === "1"

const settle = (path: string, before: string, now: string): void => {
  if (before === now) return
  if (update) writeFileSync(path, now)
  else
    assert.strictEqual(
      before,
      now,
      `${path} has drifted: run the tests with BYTEWRIGHT_UPDATE=1 and commit what changes`
    )
}

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/** Asserts that a committed file is what the code makes; with `BYTEWRIGHT_UPDATE=1` it is written instead. */
export const upToDate = (path: string, text: string): void => settle(path, read(path), text)

/**
 * Asserts that the block of a committed Markdown file between `<!-- name -->` and `<!-- /name -->` is what the code makes; with
 * `BYTEWRIGHT_UPDATE=1` it is written instead.
 */
export const blockUpToDate = (path: string, name: string, text: string): void => {
  const before = read(path)
  const start = before.indexOf(`<!-- ${name} -->`)
  const end = before.indexOf(`<!-- /${name} -->`)
  assert.isTrue(start >= 0 && end > start, `${path} has no block <!-- ${name} --> ... <!-- /${name} -->`)
  const head = before.slice(0, start + `<!-- ${name} -->`.length)
  settle(path, before, `${head}\n\n${text}\n\n${before.slice(end)}`)
}
