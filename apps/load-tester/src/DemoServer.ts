/** The demo server as a process of its own. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as ChildProcess from "effect/process/ChildProcess"
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"

/** A server that did not come up. */
export class DemoServerError extends Data.TaggedError("DemoServerError")<{ readonly detail: string }> {
  override get message(): string {
    return `the demo server did not start: ${this.detail}; see for yourself: pnpm --filter demo-server start`
  }
}

const main = fileURLToPath(new URL("../../demo-server/src/main.ts", import.meta.url))

/** Starts the server on a free port and returns that port; the scope's end asks it to stop and waits until it has. */
export const start = Effect.fnUntraced(
  function* (arguments_: ReadonlyArray<string>) {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const handle = yield* spawner.spawn(
      ChildProcess.make(process.execPath, [main, "--port", "0", ...arguments_], {
        stdin: "ignore",
        stderr: "inherit",
        killSignal: "SIGTERM",
        forceKillAfter: "10 seconds"
      })
    )
    const line = yield* handle.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.runHead)
    const port = line._tag === "Some" ? /listening on port (\d+)/.exec(line.value)?.[1] : undefined
    if (port === undefined) return yield* new DemoServerError({ detail: "it printed no port" })
    return Number(port)
  },
  Effect.catchTag("PlatformError", (error) => Effect.fail(new DemoServerError({ detail: error.message })))
)
