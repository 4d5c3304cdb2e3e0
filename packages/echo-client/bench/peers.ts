/**
 * The client against those of other protocols, each with its own server: `node bench/peers.ts [--json]`.
 *
 * Needs what `run.ts` needs; a peer whose server or interpreter is missing is skipped, and said so. Each contender runs in a
 * process of its own, by turns; a ratio is the median over the rounds.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { createServer, type AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { median, report, row, type Row } from "../../../harness/ratio.ts"
import { type Measured, print, rounds, seconds, startC } from "./processes.ts"

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const runs = (command: string): boolean => spawnSync(command, ["--version"]).status === 0

const stopping: Array<() => void> = []

const serve = (command: string, ...arguments_: ReadonlyArray<string>): Promise<string> => {
  const server = spawn(command, arguments_, { stdio: ["ignore", "pipe", "inherit"] })
  stopping.push(() => server.kill())
  return new Promise((resolve) => server.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())))
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const redis = async (): Promise<number> => {
  const port = await freePort()
  await serve("redis-server", "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
  return port
}

interface Contender {
  readonly name: string
  readonly port: number
  readonly command: ReadonlyArray<string>
}

const main = async (): Promise<ReadonlyArray<Row>> => {
  const echo = await startC()
  if (echo === undefined) return []
  stopping.push(echo.stop)
  const ours = (name: string): Contender => ({
    name,
    port: echo.port,
    command: [process.execPath, file("contenders.ts")]
  })
  const peer = (name: string, port: number): Contender => ({
    name,
    port,
    command: [process.execPath, file("peers/contenders.ts")]
  })
  const skip = (what: string, why: string): void => console.error(`skipped: ${what}, because ${why} is not there`)
  const peers: Array<Contender> = []
  if (runs("redis-server")) {
    const port = await redis()
    peers.push(peer("ioredis", port), peer("node-redis", port))
  } else skip("ioredis, node-redis", "redis-server")
  for (const name of ["rpc", "grpc"]) {
    peers.push(peer(name, Number(await serve(process.execPath, file("peers/server.ts"), name))))
  }
  if (runs("python3")) peers.push({ name: "asyncio", port: echo.port, command: ["python3", file("peers/client.py")] })
  else skip("asyncio", "python3")

  const results = new Map<string, Array<Measured>>()
  for (let round = 0; round < rounds; round++) {
    for (const { command, name, port } of [ours("fibers"), ours("batches"), ...peers]) {
      const [program, script] = command as [string, string]
      const arguments_ = program === "python3" ? [] : [name]
      const output = execFileSync(program, [script, ...arguments_, ...[port, 8, 256, seconds].map(String)]).toString()
      const measured = JSON.parse(output) as Measured
      print(name, measured)
      results.set(name, [...(results.get(name) ?? []), measured])
    }
  }
  const ratio = (of: string, to: string, what: keyof Measured): number =>
    median(results.get(of)!.map((measured, i) => measured[what] / results.get(to)![i]![what]))
  return peers.flatMap(({ name }) => [
    row("requests/s, a fiber a request, 8 x 256", name, ratio("fibers", name, "perSecond"), {
      atLeast: name === "ioredis" ? 2.5 : 1
    }),
    row("requests/s, batch path, 8 x 256", name, ratio("batches", name, "perSecond"), undefined),
    row("CPU a request, a fiber a request", name, ratio("fibers", name, "cpuMicroseconds"), undefined)
  ])
}

const rows = await main()
for (const stop of stopping) stop()
report(rows)
