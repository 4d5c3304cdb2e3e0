#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { run } from "./Command.ts"

// A reader that has seen enough (`nco list ... | head`) is no error.
process.stdout.on("error", () => process.exit(0))
NodeRuntime.runMain(Effect.provide(run(process.argv.slice(2)), NodeServices.layer))
