/**
 * The client against bare sockets and C: `node bench/run.ts [--json]`.
 *
 * The server is the C one of `BYTEWRIGHT_BENCH` (default `../../../shared/bench`), compiled by gcc; without it, nothing is
 * measured. Each contender runs in a process of its own, by turns; a ratio is the median over the rounds.
 */
import { execFileSync, spawn } from "node:child_process"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { median, report, row, type Row } from "../../../harness/ratio.ts"
import { type Measured, print, rounds, seconds, startC } from "./processes.ts"

const script = fileURLToPath(new URL("contenders.ts", import.meta.url))

const contender = (name: string, port: number, connections: number, window: number): Measured =>
  JSON.parse(
    execFileSync(process.execPath, [script, name, ...[port, connections, window, seconds].map(String)]).toString()
  ) as Measured

const main = async (): Promise<ReadonlyArray<Row>> => {
  const echo = await startC()
  if (echo === undefined) return []
  const { client, port, stop } = echo
  const c = (connections: number, window: number): Measured => {
    const output = execFileSync(client, [port, connections, window, seconds].map(String)).toString()
    const { cpu, p50us, rps } = JSON.parse(output) as Record<"cpu" | "p50us" | "rps", number>
    return { perSecond: rps, cpuMicroseconds: (cpu / rps) * 1e6, medianMicroseconds: p50us }
  }
  const results = new Map<string, Array<Measured>>()
  const measure = (name: string, run: () => Measured): void => {
    const measured = run()
    results.set(name, [...(results.get(name) ?? []), measured])
    print(name, measured)
  }
  for (let round = 0; round < rounds; round++) {
    measure("c", () => c(8, 256))
    for (const name of ["callbacks", "batches", "promises", "fibers"])
      measure(name, () => contender(name, port, 8, 256))
    measure("c 1x1", () => c(1, 1))
    for (const name of ["callbacks", "fibers"]) measure(`${name} 1x1`, () => contender(name, port, 1, 1))
  }
  stop()
  const ratio = (of: string, to: string, what: keyof Measured): number =>
    median(results.get(of)!.map((measured, i) => measured[what] / results.get(to)![i]![what]))
  return [
    row("requests/s, batch path, 8 x 256", "bare callbacks", ratio("batches", "callbacks", "perSecond"), {
      atLeast: 1
    }),
    row("requests/s, a fiber a request, 8 x 256", "bare promises", ratio("fibers", "promises", "perSecond"), {
      atLeast: 0.4
    }),
    row("CPU a request, batch path", "C epoll client", ratio("batches", "c", "cpuMicroseconds"), { atMost: 4 }),
    row("CPU a request, a fiber a request", "C epoll client", ratio("fibers", "c", "cpuMicroseconds"), { atMost: 20 }),
    row("CPU a request, bare callbacks", "C epoll client", ratio("callbacks", "c", "cpuMicroseconds"), undefined),
    row("median latency, 1 x 1", "C epoll client", ratio("fibers 1x1", "c 1x1", "medianMicroseconds"), { atMost: 1.1 }),
    row(
      "median latency, 1 x 1",
      "bare callbacks",
      ratio("fibers 1x1", "callbacks 1x1", "medianMicroseconds"),
      undefined
    ),
    row("write syscalls a request, lockstep, window 64", "1/64", 64 * (await writes(64)), { atMost: 1.05 })
  ]
}

/** Writes a request against a peer that answers each chunk it reads in one write; a write is a chunk there. */
const writes = async (window: number): Promise<number> => {
  let chunks = 0
  let requests = 0
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {})
    socket.on("data", (chunk: Buffer) => {
      const size = 57
      const count = Math.floor(chunk.length / size)
      chunks++
      requests += count
      const out = Buffer.alloc(count * 53)
      for (let i = 0; i < count; i++) {
        const from = chunk.subarray(i * size, (i + 1) * size)
        const at = i * 53
        out.writeInt32BE(49, at)
        out[at + 5] = from[5]!
        from.copy(out, at + 10, 6, 22)
        from.copy(out, at + 26, 30, 57)
      }
      socket.write(out)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as { readonly port: number }
  const child = spawn(process.execPath, [script, "fibers", String(port), "1", String(window), "1"], { stdio: "ignore" })
  await new Promise((resolve) => child.on("exit", resolve))
  server.close()
  return chunks / requests
}

report(await main())
