/** The processes of a bench: the C server, and what a contender prints. */
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const sources = process.env["BYTEWRIGHT_BENCH"] ?? fileURLToPath(new URL("../../../../shared/bench", import.meta.url))
export const rounds = Number(process.env["BYTEWRIGHT_ROUNDS"] ?? 5)
export const seconds = Number(process.env["BYTEWRIGHT_SECONDS"] ?? 2)

export interface Measured {
  readonly perSecond: number
  readonly cpuMicroseconds: number
  readonly medianMicroseconds: number
}

export const print = (name: string, { cpuMicroseconds, medianMicroseconds, perSecond }: Measured): void =>
  console.error(
    `${name.padEnd(14)} ${String(perSecond).padStart(9)}/s  ${cpuMicroseconds.toFixed(3)} us CPU  ${medianMicroseconds.toFixed(1)} us`
  )

/** Compiles the C peers and starts the server; `undefined`, and said so, where they are missing. */
export const startC = async (): Promise<
  { readonly port: number; readonly client: string; readonly stop: () => void } | undefined
> => {
  if (!existsSync(join(sources, "echo_server.c"))) {
    console.error(`no C peers in ${sources}: set BYTEWRIGHT_BENCH to where echo_server.c and echo_client.c are`)
    return undefined
  }
  const directory = mkdtempSync(join(tmpdir(), "echo-bench-"))
  const compile = (name: string): string => {
    const binary = join(directory, name)
    execFileSync("gcc", ["-O3", "-o", binary, join(sources, `${name}.c`)])
    return binary
  }
  const client = compile("echo_client")
  const server = spawn(compile("echo_server"), [], { stdio: ["ignore", "pipe", "ignore"] })
  const port = await new Promise<number>((resolve) => {
    server.stdout.on("data", (chunk: Buffer) => resolve(Number(chunk.toString().split(" ")[1])))
  })
  return { port, client, stop: () => void server.kill() }
}
