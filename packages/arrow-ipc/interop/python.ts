/** A Python that has pyarrow. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** `given`, or the Python of a virtual environment with pyarrow, which is made the first time. */
export const pythonWithArrow = (given: string | undefined): string => {
  if (given !== undefined) return given
  const environment = join(tmpdir(), "arrow-interop-python")
  const python = join(environment, "bin", "python")
  if (!existsSync(python)) {
    mkdirSync(environment, { recursive: true })
    execFileSync("python3", ["-m", "venv", environment], { stdio: "inherit" })
    execFileSync(python, ["-m", "pip", "install", "--quiet", "pyarrow", "numpy"], { stdio: "inherit" })
  }
  return python
}
