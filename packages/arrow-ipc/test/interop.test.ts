import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"

const python = process.env["BYTEWRIGHT_PYTHON"] ?? "python3"

const hasArrow = (): boolean => {
  try {
    execFileSync(python, ["-c", "import pyarrow"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

describe("interop", () => {
  it.skipIf(!hasArrow())(
    "pyarrow reads what is written (skipped without python3 and pyarrow; BYTEWRIGHT_PYTHON names one)",
    () => {
      const script = fileURLToPath(new URL("../interop/run.ts", import.meta.url))
      const printed = execFileSync(process.execPath, [script, "--cases", "60", "--seed", "1", "--python", python], {
        encoding: "utf8"
      })
      assert.match(printed, /pyarrow [\d.]+: \d+ read equal, 0 differ/)
    }
  )
})
