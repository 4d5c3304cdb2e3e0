import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import { loadTester } from "./Command.ts"

NodeRuntime.runMain(
  Command.run(loadTester, { version: "0.1.0" }).pipe(
    Effect.provide(NodeServices.layer),
    Effect.provideService(References.LogToStderr, true)
  )
)
