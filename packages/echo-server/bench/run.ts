/**
 * The server against the same loop on bare `node:net`, each in a process of its own, loaded by one C client: what is
 * compared is the client's figures and the processor time that each server used for a request.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import * as Net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { median, report, row, type Row } from "../../../harness/ratio.ts"

const peers = process.env["BYTEWRIGHT_BENCH"] ?? fileURLToPath(new URL("../../../../shared/bench", import.meta.url))
const servers = fileURLToPath(new URL("./servers.ts", import.meta.url))
const rounds = Number(process.env["BYTEWRIGHT_ROUNDS"] ?? 5)
const seconds = Number(process.env["BYTEWRIGHT_SECONDS"] ?? 1)

/** Compiles a C peer, or says why there is none. */
const compile = (directory: string, name: string): string | undefined => {
  const source = join(peers, `${name}.c`)
  if (!existsSync(source)) return undefined
  const binary = join(directory, name)
  try {
    execFileSync("gcc", ["-O3", "-o", binary, source], { stdio: "ignore" })
    return binary
  } catch {
    return undefined
  }
}

interface Figures {
  readonly requests: number
  readonly p50: number
  readonly p99: number
  /** Requests, or visits, from the server's start. */
  readonly served: number
  /** Processor time of the server, in microseconds for each of them. */
  readonly processor: number | undefined
}

/** What loads a server: so many connections with so many requests in flight, or connections that come and go. */
type Load = readonly [connections: number, window: number] | "visits"

const [visits, atOnce] = [4000, 100]

/** Connects and leaves again, without a request. */
const visit = async (port: number): Promise<Omit<Figures, "processor">> => {
  for (let left = visits; left > 0; left -= atOnce) {
    const sockets = Array.from({ length: atOnce }, () => Net.connect({ port, host: "127.0.0.1" }))
    await Promise.all(sockets.map((socket) => once(socket, "connect")))
    const closed = sockets.map((socket) => once(socket, "close"))
    for (const socket of sockets) socket.resume().end()
    await Promise.all(closed)
  }
  return { requests: 0, p50: 0, p99: 0, served: visits }
}

const converse = async (
  client: string,
  port: string,
  [connections, window]: readonly [number, number]
): Promise<Omit<Figures, "processor">> => {
  const child = spawn(client, [port, String(connections), String(window), String(seconds)])
  const [printed] = await once(child.stdout, "data")
  const { p50us, p99us, rps } = JSON.parse(String(printed)) as {
    readonly rps: number
    readonly p50us: number
    readonly p99us: number
  }
  // The client warms up for half a second, and the server works through that as well.
  return { requests: rps, p50: p50us, p99: p99us, served: rps * (seconds + 0.5) }
}

const run = async (client: string, command: ReadonlyArray<string>, load: Load): Promise<Figures> => {
  const server = spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "ignore"] })
  const [line] = await once(server.stdout, "data")
  const port = /READY (\d+)/.exec(String(line))![1]!
  const figures = load === "visits" ? await visit(Number(port)) : await converse(client, port, load)
  let last = ""
  server.stdout.on("data", (text) => {
    last = String(text)
  })
  server.kill("SIGTERM")
  await once(server, "exit")
  const used = last === "" ? undefined : (JSON.parse(last) as { readonly user: number; readonly system: number })
  return {
    ...figures,
    processor: used === undefined ? undefined : (used.user + used.system) / figures.served
  }
}

interface Comparison {
  readonly what: string
  readonly subject: ReadonlyArray<string>
  readonly against: readonly [name: string, command: ReadonlyArray<string>]
  readonly load: Load
  readonly figure: (subject: Figures, against: Figures) => number
  readonly bound: { readonly atLeast: number } | { readonly atMost: number } | undefined
}

const node = (kind: string): ReadonlyArray<string> => [process.execPath, servers, kind]

const throughput = (subject: Figures, against: Figures): number => subject.requests / against.requests

const comparisons = (c: string | undefined): ReadonlyArray<Comparison> => {
  const full = ["bare node:net, everything decoded", node("bare, full")] as const
  const views = ["bare node:net, bytes copied", node("bare, views")] as const
  const sync = node("ours, synchronous")
  const lazy = node("ours, lazy")
  const effect = node("ours, Effect")
  const many = [8, 256] as const
  const rows: Array<Comparison> = [
    {
      what: "synchronous handler, requests/s",
      subject: sync,
      against: full,
      load: many,
      figure: throughput,
      bound: { atLeast: 1 }
    },
    {
      what: "synchronous handler on views (`lazy`), requests/s",
      subject: lazy,
      against: views,
      load: many,
      figure: throughput,
      bound: { atLeast: 0.85 }
    },
    {
      what: "synchronous handler on views (`lazy`), requests/s",
      subject: lazy,
      against: full,
      load: many,
      figure: throughput,
      bound: undefined
    },
    {
      what: "synchronous handler, requests/s",
      subject: sync,
      against: views,
      load: many,
      figure: throughput,
      bound: undefined
    },
    {
      what: "Effect handler, requests/s",
      subject: effect,
      against: full,
      load: many,
      figure: throughput,
      bound: { atLeast: 0.7 }
    },
    {
      what: "Effect handler that has ended (Effect.succeed), requests/s",
      subject: node("ours, Exit"),
      against: full,
      load: many,
      figure: throughput,
      bound: undefined
    },
    {
      what: "Effect.fnUntraced handler, requests/s",
      subject: node("ours, Effect.fn"),
      against: full,
      load: many,
      figure: throughput,
      bound: undefined
    },
    {
      what: "Effect handler, CPU a request",
      subject: effect,
      against: full,
      load: many,
      figure: (a, b) => a.processor! / b.processor!,
      bound: undefined
    },
    {
      what: "synchronous handler, p99",
      subject: sync,
      against: full,
      load: many,
      figure: (a, b) => a.p99 / b.p99,
      bound: { atMost: 1.3 }
    },
    {
      what: "synchronous handler, CPU a request",
      subject: sync,
      against: full,
      load: many,
      figure: (a, b) => a.processor! / b.processor!,
      bound: undefined
    },
    {
      what: "synchronous handler, 1 x 1, median",
      subject: sync,
      against: full,
      load: [1, 1],
      figure: (a, b) => a.p50 / b.p50,
      bound: undefined
    },
    {
      what: "a connection that comes and goes, CPU",
      subject: sync,
      against: ["bare node:net, bytes sent back", node("bare, nothing")],
      load: "visits",
      figure: (a, b) => a.processor! / b.processor!,
      bound: undefined
    }
  ]
  if (c === undefined) return rows
  const epoll = ["C on epoll", [c, "0"]] as const
  return [
    ...rows,
    {
      what: "synchronous handler, 1 x 1, median",
      subject: sync,
      against: epoll,
      load: [1, 1],
      figure: (a, b) => a.p50 / b.p50,
      bound: { atMost: 1.1 }
    },
    {
      what: "synchronous handler, requests/s",
      subject: sync,
      against: epoll,
      load: many,
      figure: throughput,
      bound: undefined
    }
  ]
}

const directory = mkdtempSync(join(tmpdir(), "echo-server-bench-"))
try {
  const client = compile(directory, "echo_client")
  if (client === undefined) {
    console.error(
      `no C client (gcc, and echo_client.c in ${peers}, or in the directory BYTEWRIGHT_BENCH names): nothing to load with`
    )
    process.exitCode = 1
  } else {
    const rows: Array<Row> = []
    for (const { against, bound, figure, load, subject, what } of comparisons(compile(directory, "echo_server"))) {
      const [name, command] = against
      const ratios: Array<number> = []
      for (let round = 0; round < rounds; round++) {
        // Who goes first alternates, so that a drift of the machine favours neither.
        const pair = round % 2 === 0 ? [subject, command] : [command, subject]
        const first = await run(client, pair[0]!, load)
        const second = await run(client, pair[1]!, load)
        ratios.push(round % 2 === 0 ? figure(first, second) : figure(second, first))
      }
      rows.push(row(what, name, median(ratios), bound))
    }
    report(rows)
  }
} finally {
  rmSync(directory, { recursive: true })
}
