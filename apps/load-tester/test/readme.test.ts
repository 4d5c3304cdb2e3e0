import { fileURLToPath } from "node:url"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { afterAll, beforeAll } from "vitest"
import { examples } from "../../../harness/examples.ts"

const server = spawn(process.execPath, [
  fileURLToPath(new URL("../../demo-server/src/main.ts", import.meta.url)),
  "--port",
  "0"
])

beforeAll(async () => {
  const [line] = await once(server.stdout, "data")
  process.env["ECHO_URL"] = `echo://127.0.0.1:${/listening on port (\d+)/.exec(String(line))![1]}`
})
afterAll(() => {
  server.kill()
})

// The client example of the repository's front page, against the demo server.
examples(fileURLToPath(new URL("..", import.meta.url)), "../../README.md")
