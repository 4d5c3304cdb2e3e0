/** The command line. */
import { EchoServer, Handler } from "@bytewright/echo-server"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NetAddress from "effect/net/NetAddress"
import * as Option from "effect/Option"
import * as LimitFlag from "./LimitFlag.ts"
import * as NodeTransport from "./NodeTransport.ts"
import * as Observe from "./Observe.ts"
import * as Processes from "./Processes.ts"

const whole = (name: string, least: number, most: number, what: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar("n"),
    Flag.filter(
      (value) => value >= least && value <= most,
      (value) => `expected a ${what} from ${least} to ${most}, got ${value}`
    )
  )

const flags = {
  port: whole("port", 0, 65_535, "port").pipe(
    Flag.withAlias("p"),
    Flag.withDefault(7777),
    Flag.withDescription("TCP port to listen on; 0 takes a free one and prints it")
  ),
  host: Flag.String("host").pipe(Flag.withDefault("127.0.0.1"), Flag.withDescription("address to listen on")),
  processes: whole("processes", 1, 256, "number").pipe(
    Flag.withDefault(1),
    Flag.withDescription("processes that share the port; each counts its own ids")
  ),
  spread: Flag.Literals("spread", ["kernel", "first"]).pipe(
    Flag.withDefault(Processes.defaultSpread),
    Flag.withDescription(
      "who spreads connections over processes: the kernel (SO_REUSEPORT), or the first process in turn"
    )
  ),
  observePort: whole("observe-port", 1, 65_535, "port").pipe(
    Flag.withDescription("HTTP port of /health and /metrics; of several processes each takes the next one"),
    Flag.optional
  ),
  cert: Flag.FileText("tls-cert").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("serve TLS with this certificate chain (PEM); needs --tls-key"),
    Flag.optional
  ),
  key: Flag.FileText("tls-key").pipe(
    Flag.withMetavar("file"),
    Flag.withDescription("the certificate's private key (PEM)"),
    Flag.optional
  ),
  limits: LimitFlag.limit
}

/** A certificate without its key, or the other way round. */
class HalfOfTls extends Data.TaggedError("HalfOfTls") {
  override readonly message = "TLS needs both --tls-cert and --tls-key"
}

type Options = Command.Command.Config.Infer<typeof flags>

const announce = (host: string, port: number): Effect.Effect<void> =>
  Console.log(`listening on port ${port} (echo://${host}:${port})`)

const announceServer = (host: string) =>
  Effect.gen(function* () {
    const { address } = yield* EchoServer.EchoServer
    if (!NetAddress.isInetAddress(address)) return
    yield* Processes.index === undefined ? announce(host, address.port) : Processes.isListening(address.port)
  })

const serve = ({ cert, host, key, limits, observePort, port, spread }: Options) =>
  Layer.mergeAll(
    Layer.effectDiscard(announceServer(host)),
    Option.match(observePort, {
      onNone: () => Layer.empty,
      onSome: (first) => Observe.layer(host, first + (Processes.index ?? 0))
    })
  ).pipe(
    Layer.provide(EchoServer.layer({ handler: Handler.echo, limits })),
    Layer.provide(
      NodeTransport.layer(
        { host, ...Processes.listenOptions(port, spread) },
        Option.getOrUndefined(Option.all({ cert, key }))
      )
    ),
    Layer.launch
  )

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)

const explain = (error: unknown, port: number): string =>
  error instanceof Processes.ProcessEnded
    ? error.message
    : `cannot serve on port ${port} (${messageOf(error)})${/EADDRINUSE/.test(messageOf(error)) ? "; take a free one with: --port 0" : ""}`

/** `demo-server --port N`. */
export const demoServer = Command.make("demo-server", flags, (options) =>
  Effect.suspend((): Effect.Effect<never, unknown> => {
    const { cert, host, key, port, processes } = options
    if (Option.isSome(cert) !== Option.isSome(key)) return Effect.fail(new HalfOfTls())
    return processes > 1 && Processes.index === undefined
      ? Processes.run(processes, port, (got) => announce(host, got))
      : serve(options)
  }).pipe(
    Effect.mapError((error) => new CliError.UserError({ cause: error, userMessage: explain(error, options.port) }))
  )
).pipe(Command.withDescription("Answers every Echo request with its own subject and body, until it is told to stop"))
