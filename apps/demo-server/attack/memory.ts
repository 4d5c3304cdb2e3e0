import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"

/** Physical memory of a process in bytes. Where there is a `/proc` there need not be a `ps`. */
export const memoryOf = (pid: number): number => {
  const status = `/proc/${pid}/status`
  const kilobytes = existsSync(status)
    ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, "utf8"))![1]
    : execFileSync("ps", ["-o", "rss=", "-p", String(pid)])
  return Number(kilobytes) * 1024
}
