import { type ChildProcess, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import * as Net from "node:net"
import { fileURLToPath } from "node:url"
import { afterEach, assert, describe, it } from "vitest"
import { peer, python } from "../../../harness/python.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const run = (...arguments_: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>((resolve) => {
    execFile(process.execPath, [main, ...arguments_], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    )
  })

const closing: Array<() => void> = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

const pythonServer = async (...arguments_: ReadonlyArray<string>): Promise<string> => {
  const server: ChildProcess = spawn(python!, [peer("echo_server.py"), ...arguments_], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  closing.push(() => server.kill())
  const [line] = await once(server.stdout!, "data")
  return /\d+/.exec(String(line))![0]
}

/** A server that does to each chunk what it is told. */
const tcpServer = async (onData: (socket: Net.Socket, chunk: Buffer) => void): Promise<string> => {
  const server = Net.createServer((socket) => {
    socket.on("error", () => undefined)
    socket.on("data", (chunk: Buffer) => onData(socket, chunk))
  })
  closing.push(() => server.close())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return String((server.address() as Net.AddressInfo).port)
}

const short = ["--duration", "300ms", "--warmup", "100ms", "--connections", "2"]

describe("load-tester", () => {
  it("starts the demo server, loads it, stops it, and prints the result as JSON on stdout alone", async () => {
    const { code, stderr, stdout } = await run("demo", "--duration", "1500ms", "--warmup", "100ms", "--json")
    assert.strictEqual(code, 0, stderr)
    const result = JSON.parse(stdout)
    assert.strictEqual(result.loop, "closed")
    assert.isAbove(result.checked, 0)
    assert.isAtLeast(result.checked, result.answered)
    assert.deepStrictEqual([result.wrong, result.unanswered, result.errors], [0, 0, 0])
    assert.deepStrictEqual(Object.keys(result.latency.percentiles), ["p50", "p75", "p90", "p99", "p99.9", "p99.99"])
    assert.isAtLeast(result.intervals.length, 1)
    assert.match(stderr, /\d\.\d s +[\d,]+ req\/s +p50 .*p99/)
  })

  it.skipIf(python === undefined)("checks the answers of a Python server that reorders and dribbles them", async () => {
    const port = await pythonServer("--reorder", "--dribble", "500")
    const { code, stdout } = await run("run", "--port", port, ...short)
    assert.strictEqual(code, 0, stdout)
    assert.match(stdout, /answers checked: 0 wrong, 0 missing, 0 errors/)
    assert.match(stdout, /p99\.99 +[\d.]+ [µm]?s/)
  })

  it.skipIf(python === undefined)("keeps a rate, and says so", async () => {
    const port = await pythonServer()
    const { code, stdout } = await run("run", "--port", port, "--rate", "2000", "--json", ...short)
    assert.strictEqual(code, 0, stdout)
    const result = JSON.parse(stdout)
    assert.strictEqual(result.loop, "open")
    assert.strictEqual(result.intendedPerSecond, 2000)
    // 2,000 a second for 0.4 s, warm-up included; the last one may lie on the end.
    assert.isAtLeast(result.sent, 799)
    assert.isAtMost(result.sent, 802)
    assert.strictEqual(result.unsent, 0)
  })

  it("fails when answers are wrong", async () => {
    // A request without metadata would be the same as a response but for its id; this sends back something else.
    const port = await tcpServer((socket, chunk) => {
      for (let offset = 0; offset + 57 <= chunk.length; offset += 57) {
        const answer = Buffer.alloc(53)
        answer.writeInt32BE(49, 0)
        answer[5] = chunk[offset + 5]!
        chunk.copy(answer, 10, offset + 6, offset + 22)
        answer.writeInt32BE(23, 26)
        answer.write("We have a lot in COMMON", 30)
        socket.write(answer)
      }
    })
    const { code, stdout } = await run("run", "--port", port, ...short)
    assert.strictEqual(code, 1)
    assert.match(stdout, /[1-9][\d,]* wrong, 0 missing/)
    assert.match(stdout, /wrong: connection \d+, sequence -?\d+: body is /)
  })

  it("fails when answers are missing", async () => {
    const port = await tcpServer(() => undefined)
    const { code, stdout } = await run("run", "--port", port, "--window", "3", "--patience", "100ms", ...short)
    assert.strictEqual(code, 1)
    assert.match(stdout, /0 answers checked: 0 wrong, 6 missing/)
  })

  it("fails when a connection is closed, or speaks another protocol", async () => {
    const closes = await tcpServer((socket) => socket.destroy())
    const first = await run("run", "--port", closes, ...short)
    assert.strictEqual(first.code, 1)
    assert.match(first.stdout, /2 errors/)
    assert.match(first.stdout, /error: connection \d: the server closed it/)
    const other = await tcpServer((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"))
    const second = await run("run", "--port", other, ...short)
    assert.strictEqual(second.code, 1)
    assert.match(second.stdout, /error: connection \d: the peer broke the protocol: .*1048576/)
  })

  it("says what to do when nothing listens, and what is wrong with its command line", async () => {
    const refused = await run("run", "--port", "1", ...short)
    assert.strictEqual(refused.code, 1)
    assert.match(refused.stderr, /ECONNREFUSED.*pnpm --filter demo-server start --port 1/s)
    const wrong = await run("run", "--port", "1", "--duration", "soon")
    assert.strictEqual(wrong.code, 1)
    assert.match(wrong.stderr, /expected a duration such as 5s.*got "soon"/s)
  })
})
