/**
 * Runs generated dissectors in TShark: every field that `Explain` finds must be at the same place in TShark's tree, over UDP,
 * and every message must come out of TCP segments that cut it anywhere.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { layouts } from "../fuzz/layouts.ts"
import { Codec, Explain, Wireshark } from "../src/index.ts"
import type { Any } from "../src/Layout.ts"
import { Chunks, Random, Values } from "../src/testing.ts"
import { tcp, udp, udpPayload } from "./capture.ts"

const seed = 7
const messages = 40
const directory = mkdtempSync(join(tmpdir(), "bytewright-"))

const tshark = (name: string, layout: Any, transport: "udp" | "tcp", capture: Uint8Array): string => {
  const script = join(directory, `${name}.lua`)
  const file = join(directory, `${name}.pcap`)
  writeFileSync(script, Wireshark.dissector(layout, { name: `bw_${name}`, transport, ports: [9000] }).text)
  writeFileSync(file, capture)
  const reassemble = ["-o", "tcp.desegment_tcp_streams:TRUE", "-o", "tcp.check_checksum:FALSE"]
  return execFileSync("tshark", ["-X", `lua_script:${script}`, ...reassemble, "-r", file, "-T", "pdml"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"]
  })
}

/** `offset+size` of every field below the dissector's protocol. */
const places = (name: string, packet: string): Set<string> => {
  const found = new Set<string>()
  for (const tag of packet.matchAll(/<field name="([^"]*)"[^>]*? size="(\d+)" pos="(\d+)"/g))
    if (tag[1]!.startsWith(`bw_${name}.`)) found.add(`${Number(tag[3]) - udpPayload}+${tag[2]}`)
  return found
}

let passed = 0
let failed = 0
const claim = (what: string, holds: boolean, detail = ""): void => {
  if (holds) passed++
  else failed++
  if (!holds) console.log(`FAILED ${what} ${detail}`)
}

try {
  for (const [name, layout] of Object.entries<Any>(layouts)) {
    const codec = Codec.make(layout)
    const generate = Values.make(layout)
    const all = Array.from({ length: messages }, (_, index) => codec.encodeSync(generate(Random.make(seed, index))))
    const valid = all.filter((bytes) => bytes.length > 0)
    const packets = tshark(name, layout, "udp", udp(valid)).split("<packet>").slice(1)
    valid.forEach((bytes, index) => {
      const packet = packets[index] ?? ""
      const there = places(name, packet)
      const { rows } = Explain.explain(layout, bytes)
      const missing = rows.filter((row) => row.role !== "terminator" && row.size > 0 && !there.has(`${row.offset}+${row.size}`))
      const faults = packet.includes(`bw_${name}.malformed`)
      claim(`${name} ${seed}:${index.toString(16)}`, missing.length === 0 && !faults, JSON.stringify(missing[0]) + (faults ? " malformed" : ""))
    })
  }
  const stream = new Uint8Array(Buffer.concat(Array.from({ length: 20 }, (_, index) =>
    Codec.make(layouts.echo).encodeSync(Values.make(layouts.echo)(Random.make(seed, index))))))
  for (const chunks of [Chunks.ofSize(stream, 1), Chunks.ofSize(stream, 3), Chunks.ofSize(stream, 50), [stream]]) {
    const out = tshark("echo", layouts.echo, "tcp", tcp(chunks))
    const found = out.match(/<field name="bw_echo\.timestamp"/g)?.length ?? 0
    claim(`TCP in ${chunks.length} segments`, found === 20 && !out.includes("malformed"), `${found} messages`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
