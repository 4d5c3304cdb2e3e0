import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as Exit from "effect/Exit"
import { demoServer } from "./Command.ts"

const main = Command.run(demoServer, { version: "0.1.0" }).pipe(
  Effect.provide(NodeServices.layer),
  Effect.provideService(References.LogToStderr, true)
)

NodeRuntime.runMain(main, {
  // Being told to stop is how a server ends well.
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
})
