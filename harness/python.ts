import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** Where the Echo peers are that were written in Python from the grammar alone. */
export const peer = (name: "echo_client.py" | "echo_server.py"): string =>
  fileURLToPath(new URL(`./peer/${name}`, import.meta.url))

/**
 * The Python to run them with, or `undefined` where this machine has none (3.10 or later).
 * Tests use `it.skipIf(python === undefined)` so that a skip is visible.
 */
export const python: string | undefined = ((): string | undefined => {
  try {
    execFileSync("python3", ["-c", "import sys, asyncio; sys.exit(sys.version_info < (3, 10))"], { stdio: "ignore" })
    return "python3"
  } catch {
    return undefined
  }
})()
