#!/usr/bin/env node
import * as NodeCodecs from "@bytewright/arrow-ipc/NodeCodecs"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { arrow } from "./Command.ts"

NodeRuntime.runMain(
  Command.run(arrow, { version: "0.1.0" }).pipe(
    Effect.provide(Layer.merge(NodeCodecs.layer, NodeServices.layer)),
    Effect.provideService(References.LogToStderr, true)
  )
)
