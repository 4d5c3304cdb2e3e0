/**
 * Clients described by a URL: `echo://host:port?connections=8&window=64&timeout=2s`.
 *
 * **Details**
 *
 * - `echo://` is TCP, `echos://` TLS, `echo+unix://` a Unix socket whose path follows: `echo+unix:///run/echo.sock`.
 * - Several servers are separated by commas: `echo://a:7000,b:7000,[::1]:7000`.
 * - Parameters are those of `EchoClient.Options`: `connections`, `window`, `windowBytes`, `maxWaiting`, `maxFrameSize`
 *   (whole numbers of at least 1), `timeout`, `connectTimeout` (a number with `ms`, `s` or `m`), `whenFull` (`suspend` or
 *   `fail`). One that is unknown or given twice is an error, never ignored.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Options } from "./EchoClient.ts"
import { EchoClientError, InvalidUrl } from "./EchoClientError.ts"
import * as Endpoint from "./Endpoint.ts"

type Parsed<A> = Result.Result<A, string>

const count = (text: string): Parsed<number> =>
  /^[1-9]\d{0,8}$/.test(text) ? Result.succeed(Number(text)) : Result.fail("is not a whole number of at least 1")

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 }

const duration = (text: string): Parsed<number> => {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m)$/.exec(text)
  return match === null
    ? Result.fail("is not a time such as 500ms, 2s or 1m")
    : Result.succeed(Number(match[1]) * units[match[2]!]!)
}

const whenFull = (text: string): Parsed<"suspend" | "fail"> =>
  text === "suspend" || text === "fail" ? Result.succeed(text) : Result.fail("is neither suspend nor fail")

const parameters: Record<string, (text: string) => Parsed<number | string>> = {
  connections: count,
  window: count,
  windowBytes: count,
  maxWaiting: count,
  maxFrameSize: count,
  timeout: duration,
  connectTimeout: duration,
  whenFull
}

const endpoint = (text: string, tls: boolean): Parsed<Endpoint.Endpoint> => {
  const match = /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  return match === null || port < 1 || port > 65_535
    ? Result.fail(`"${text}" is not host:port`)
    : Result.succeed(Endpoint.tcp((match[1] ?? match[2])!, port, { tls }))
}

const endpointsOf = (scheme: string, authority: string): Parsed<ReadonlyArray<Endpoint.Endpoint>> => {
  if (scheme !== "echo+unix") {
    return Result.all(
      authority
        .replace(/\/$/, "")
        .split(",")
        .map((text) => endpoint(text, scheme === "echos"))
    )
  }
  return authority.startsWith("/")
    ? Result.succeed([Endpoint.unix(authority)])
    : Result.fail("a Unix socket needs an absolute path, as in echo+unix:///run/echo.sock")
}

const optionsOf = (query: string): Parsed<Omit<Options, "endpoints">> => {
  const options: Record<string, number | string> = {}
  for (const [name, text] of new URLSearchParams(query)) {
    const parse = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    if (parse === undefined) {
      return Result.fail(`the parameter ${name} is not one of ${Object.keys(parameters).join(", ")}`)
    }
    if (name in options) return Result.fail(`the parameter ${name} is given twice`)
    const value = parse(text)
    if (Result.isFailure(value)) return Result.fail(`${name}=${text} ${value.failure}`)
    options[name] = value.success
  }
  return Result.succeed(options)
}

/**
 * The options that a URL stands for; fails with the reason `InvalidUrl`.
 *
 * **Example** (Two servers)
 *
 * ```ts
 * import { EchoUrl } from "@bytewright/echo-client"
 * import * as Result from "effect/Result"
 *
 * const options = Result.getOrThrow(EchoUrl.parse("echo://a:7000,b:7000?connections=8&timeout=2s"))
 * console.log(options.endpoints.length, options.connections, options.timeout)
 * // => 2 8 2000
 * ```
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (url: string): Result.Result<Options, EchoClientError> => {
  const match = /^(echo|echos|echo\+unix):\/\/([^?#]+)(?:\?([^#]*))?$/.exec(url)
  const parsed: Parsed<Options> =
    match === null
      ? Result.fail("is not echo://host:port, echos://host:port or echo+unix:///path")
      : Result.flatMap(endpointsOf(match[1]!, match[2]!), (endpoints) =>
          Result.map(optionsOf(match[3] ?? ""), (options) => ({ ...options, endpoints }))
        )
  return Result.mapError(parsed, (detail) => new EchoClientError({ reason: new InvalidUrl({ url, detail }) }))
}
