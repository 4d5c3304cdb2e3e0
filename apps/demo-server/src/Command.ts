/** The command line. */
import { EchoServer, Handler } from "@bytewright/echo-server"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as NodeTransport from "./NodeTransport.ts"

const port = Flag.Int("port").pipe(
  Flag.withAlias("p"),
  Flag.withDefault(7777),
  Flag.withMetavar("port"),
  Flag.filter(
    (value) => value >= 0 && value <= 65_535,
    (value) => `expected a port from 0 to 65535, got ${value}`
  ),
  Flag.withDescription("TCP port to listen on; 0 takes a free one and prints it")
)

const host = Flag.String("host").pipe(Flag.withDefault("127.0.0.1"), Flag.withDescription("address to listen on"))

const announce = Effect.gen(function* () {
  const { address } = yield* EchoServer.EchoServer
  if (!NetAddress.isInetAddress(address)) return
  yield* Console.log(`listening on port ${address.port} (echo://${NetAddress.formatInet(address)})`)
})

/** `demo-server --port N`. */
export const demoServer = Command.make("demo-server", { port, host }, ({ host, port }) =>
  Layer.effectDiscard(announce).pipe(
    Layer.provide(EchoServer.layer({ handler: Handler.echo })),
    Layer.provide(NodeTransport.layer({ host, port })),
    Layer.launch,
    Effect.mapError((error) => {
      const why = error.cause instanceof Error ? error.cause.message : String(error.cause)
      const userMessage = `cannot listen on port ${port} (${why}); take a free one with: --port 0`
      return new CliError.UserError({ cause: error, userMessage })
    })
  )
).pipe(Command.withDescription("Answers every Echo request with its own subject and body, until it is told to stop"))
