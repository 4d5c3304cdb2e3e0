/** The command line. */
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as DemoServer from "./DemoServer.ts"
import { load } from "./Load.ts"
import { isClean } from "./Merge.ts"
import { payload, type Plan } from "./Plan.ts"
import * as Print from "./Print.ts"
import * as Progress from "./Progress.ts"

/** A run whose result, already printed, shows wrong or missing answers or errors. */
export class Unclean extends Data.TaggedError("Unclean")<{}> {
  // The result says all there is to say.
  override readonly [Runtime.errorReported] = false
}

const units: Record<string, (amount: number) => Duration.Duration> = {
  ms: Duration.millis,
  s: Duration.seconds,
  m: Duration.minutes
}

/** Reads `500ms`, `5s`, `1.5m` and what `Duration.fromInput` reads. */
export const parseDuration = (text: string): Option.Option<Duration.Duration> => {
  const short = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text)
  if (short !== null) return Option.some(units[short[2]!]!(Number(short[1])))
  return Option.filter(
    Duration.fromInput(text as Duration.Input),
    (read) => Duration.isFinite(read) && !Duration.isNegative(read)
  )
}

const duration = (name: string, otherwise: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("duration"),
    Flag.withDefault(otherwise),
    Flag.filterMap(parseDuration, (text) => `expected a duration such as 5s, 500ms or "2 minutes", got "${text}"`)
  )

const whole = (name: string, least: number, most: number, metavar: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar(metavar),
    Flag.filter(
      (value) => value >= least && value <= most,
      (value) => `expected a whole number from ${least} to ${most}, got ${value}`
    )
  )

const host = Flag.String("host").pipe(
  Flag.withDefault("127.0.0.1"),
  Flag.withDescription("where the server listens (127.0.0.1)")
)
const port = whole("port", 1, 65_535, "port").pipe(Flag.withDescription("the server's port"))

const shared = {
  connections: whole("connections", 1, 10_000, "n").pipe(
    Flag.withAlias("c"),
    Flag.withDefault(8),
    Flag.withDescription("TCP connections (8)")
  ),
  window: whole("window", 1, 256, "n").pipe(
    Flag.withAlias("w"),
    Flag.withDefault(256),
    Flag.withDescription("requests in flight on each connection, at most (256)")
  ),
  duration: duration("duration", "10s").pipe(Flag.withDescription("how long to measure (10s)")),
  warmup: duration("warmup", "1s").pipe(Flag.withDescription("how long to load before measuring; not counted (1s)")),
  rate: Flag.Finite("rate").pipe(
    Flag.withMetavar("req/s"),
    Flag.filter(
      (value) => value > 0,
      (value) => `expected more than 0 requests a second, got ${value}`
    ),
    Flag.withDescription(
      "open loop: requests a second over all connections, timed from when each should be sent; without it, a closed loop"
    ),
    Flag.optional
  ),
  body: whole("body", 0, 1_000_000, "bytes").pipe(
    Flag.withDescription("length of the body; without it the 57-byte request of the talk"),
    Flag.optional
  ),
  patience: duration("patience", "5s").pipe(Flag.withDescription("how long to wait for the last answers (5s)")),
  json: Flag.Boolean("json").pipe(
    Flag.withDefault(false),
    Flag.withDescription("print the result as JSON, times in nanoseconds")
  )
}

interface Settings {
  readonly connections: number
  readonly window: number
  readonly duration: Duration.Duration
  readonly warmup: Duration.Duration
  readonly rate: Option.Option<number>
  readonly body: Option.Option<number>
  readonly patience: Duration.Duration
  readonly json: boolean
}

const planOf = (settings: Settings, host: string, port: number): Plan => ({
  host,
  port,
  connections: settings.connections,
  window: settings.window,
  warmup: Duration.toMillis(settings.warmup),
  duration: Duration.toMillis(settings.duration),
  rate: Option.getOrUndefined(settings.rate),
  payload: payload(Option.getOrUndefined(settings.body)),
  patience: Duration.toMillis(settings.patience)
})

const screen: Progress.Screen = { isTTY: process.stderr.isTTY, write: (text) => void process.stderr.write(text) }

const run = Effect.fnUntraced(function* (settings: Settings, host: string, port: number) {
  const plan = planOf(settings, host, port)
  const progress = Progress.make(screen, plan.duration)
  progress.say(`loading ${host}:${port} over ${plan.connections} connections`)
  const summary = yield* Effect.ensuring(load(plan, progress.interval), Effect.sync(progress.end))
  yield* Console.log(settings.json ? Print.json(summary) : Print.text(summary))
  if (!isClean(summary)) return yield* new Unclean()
})

const told = Effect.mapError((error: Error) =>
  error instanceof Unclean ? error : new CliError.UserError({ cause: error, userMessage: error.message })
)

const runCommand = Command.make("run", { host, port, ...shared }, ({ host, port, ...settings }) =>
  told(run(settings, host, port))
).pipe(
  Command.withDescription("Load a server that is running"),
  Command.withExamples([
    { command: "load-tester run --port 7777", description: "As many requests as eight full connections can carry" },
    { command: "load-tester run --port 7777 --rate 50000 --json", description: "Latency at 50,000 requests a second" }
  ])
)

const demoCommand = Command.make(
  "demo",
  shared,
  Effect.fnUntraced(
    function* (settings) {
      const port = yield* DemoServer.start([])
      yield* run(settings, "127.0.0.1", port)
    },
    Effect.scoped,
    told
  )
).pipe(Command.withDescription("Start the demo server as a process of its own, load it, and stop it"))

/** `load-tester run | demo`. */
export const loadTester = Command.make("load-tester").pipe(
  Command.withDescription("Loads an Echo server and checks every answer"),
  Command.withSubcommands([runCommand, demoCommand])
)
