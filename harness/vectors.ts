import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = process.env["BYTEWRIGHT_VECTORS"] ?? fileURLToPath(new URL("../../shared/vectors", import.meta.url))

/**
 * The directory of foreign vectors called `name`, or `undefined` where this machine has none.
 * Tests use `it.skipIf(dir === undefined)` so that a skip is visible.
 */
export const vectors = (name: string): string | undefined => {
  const directory = join(root, name)
  return existsSync(directory) ? directory : undefined
}
