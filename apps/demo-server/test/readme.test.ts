import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterEach, assert, describe, it } from "vitest"
import { blockUpToDate } from "../../../harness/generated.ts"
import { connect, freePort, killAll, main, request, start } from "./server.ts"

const path = fileURLToPath(new URL("../README.md", import.meta.url))
const readme = readFileSync(path, "utf8")

afterEach(killAll)

describe("the README", () => {
  it("has the flags that --help prints", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main, "--help"])
    const flags = /FLAGS\n([^]*?)\n\nGLOBAL/.exec(stdout)![1]!
    blockUpToDate(path, "help", flags.replaceAll(/^ */gm, "    "))
  })

  it("shows what is printed, served and logged", async () => {
    const observe = await freePort()
    const { port, server } = await start("--observe-port", String(observe))
    const good = await connect(port)
    good.socket.end(Buffer.concat([request(1), request(2)]))
    await good.ended
    good.socket.destroy()
    let health = ""
    while (!health.includes('"open":0')) health = await (await fetch(`http://127.0.0.1:${observe}/health`)).text()
    assert.include(readme, `    ${health}\n`)

    const bad = await connect(port)
    const bytes = Uint8Array.from(request(2))
    bytes[14] = 0xff
    bad.socket.write(bytes)
    await bad.ended
    bad.socket.destroy()
    let metrics = ""
    while (!metrics.includes('reason="MalformedRequest"')) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      metrics = await (await fetch(`http://127.0.0.1:${observe}/metrics`)).text()
    }
    const named = [...readme.matchAll(/`(echo_server_\w+)/g)].map((match) => match[1]!)
    assert.lengthOf(named, 8)
    for (const name of named) assert.match(metrics, new RegExp(`^${name}[{ ]`, "m"))
    const logged = /connection \d+: malformed request: subject: InvalidLength at byte 14/
    assert.match(server.said.join(""), logged)
    assert.match(readme, logged)
  })
})
