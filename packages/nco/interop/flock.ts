/** The lock that Nengo takes on `index.lock`, by the command `flock` of Linux: held by a child process until its input ends. */
import { spawn, spawnSync } from "node:child_process"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { NcoError } from "../src/index.ts"

/** Whether there is such a command. */
export const isAvailable = (): boolean => spawnSync("flock", ["--version"]).status === 0

/** Waits up to `seconds`, Nengo's own 10 by default, then fails with `NotFound`. */
export const flock =
  (seconds = 10) =>
  (path: string): Effect.Effect<void, NcoError.NcoError, Scope.Scope> =>
    Effect.asVoid(
      Effect.acquireRelease(
        Effect.callback<ReturnType<typeof spawn>, NcoError.NcoError>((resume) => {
          const child = spawn("flock", ["-x", "-w", String(seconds), path, "sh", "-c", "echo held; exec cat"], {
            stdio: ["pipe", "pipe", "ignore"]
          })
          child.stdout.once("data", () => resume(Effect.succeed(child)))
          child.once("exit", () => {
            const detail = `${path} is locked by another process for more than ${seconds} s`
            resume(Effect.fail(NcoError.make({ _tag: "NotFound", detail }, 0, path)))
          })
          return Effect.sync(() => child.stdin.end())
        }),
        (child) =>
          Effect.callback<void>((resume) => {
            child.once("exit", () => resume(Effect.void))
            child.stdin!.end()
          }),
        { interruptible: true }
      )
    )
