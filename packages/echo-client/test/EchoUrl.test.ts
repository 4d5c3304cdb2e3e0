import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import { EchoClient, EchoUrl, Endpoint } from "../src/index.ts"
import { answers, dialer, message, responseTo, tcpServer } from "./support/peer.ts"

const parse = (url: string) => Result.getOrThrow(EchoUrl.parse(url))
const detailOf = (url: string) => Result.getOrThrow(Result.flip(EchoUrl.parse(url))).message

describe("EchoUrl", () => {
  it("says where and how", () => {
    assert.deepStrictEqual(parse("echo://localhost:7000?connections=8&window=64&timeout=2s"), {
      endpoints: [Endpoint.tcp("localhost", 7000)],
      connections: 8,
      window: 64,
      timeout: 2_000
    })
    assert.deepStrictEqual(
      parse("echo://a:1/?windowBytes=1&maxWaiting=2&maxFrameSize=3&connectTimeout=1.5m&whenFull=fail"),
      {
        endpoints: [Endpoint.tcp("a", 1)],
        windowBytes: 1,
        maxWaiting: 2,
        maxFrameSize: 3,
        connectTimeout: 90_000,
        whenFull: "fail"
      }
    )
    assert.strictEqual(parse("echo://a:1?whenFull=suspend&timeout=250ms").timeout, 250)
  })

  it("names several servers, TLS and Unix sockets", () => {
    assert.deepStrictEqual(parse("echos://a:1,[::1]:2,10.0.0.1:3").endpoints, [
      Endpoint.tcp("a", 1, { tls: true }),
      Endpoint.tcp("::1", 2, { tls: true }),
      Endpoint.tcp("10.0.0.1", 3, { tls: true })
    ])
    assert.deepStrictEqual(parse("echo+unix:///run/echo.sock?window=1").endpoints, [Endpoint.unix("/run/echo.sock")])
  })

  it.each([
    ["http://a:1", "is not echo://"],
    ["echo://", "is not echo://"],
    ["echo://a", '"a" is not host:port'],
    ["echo://a:0", '"a:0" is not host:port'],
    ["echo://a:65536", '"a:65536" is not host:port'],
    ["echo://a:1,", '"" is not host:port'],
    ["echo://user@a:1", "is not host:port"],
    ["echo+unix://relative", "absolute path"],
    ["echo://a:1?windw=1", "windw is not one of connections, window"],
    ["echo://a:1?toString=1", "toString is not one of"],
    ["echo://a:1?window=1&window=2", "given twice"],
    ["echo://a:1?window=0", "window=0 is not a whole number of at least 1"],
    ["echo://a:1?window=1.5", "not a whole number"],
    ["echo://a:1?timeout=2", "timeout=2 is not a time such as"],
    ["echo://a:1?whenFull=perhaps", "neither suspend nor fail"]
  ])("%s is refused", (url, detail) => {
    assert.include(detailOf(url), detail)
    assert.include(detailOf(url), url)
  })

  it.live("makes a client", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((request, reply) => reply(responseTo(request)))
      const layer = Layer.provide(EchoClient.layerUrl(`echo://127.0.0.1:${port}?connections=2`), dialer)
      const response = yield* Effect.provide(
        EchoClient.EchoClient.use((echo) => echo.echo(message(3))),
        layer
      )
      assert.isTrue(answers(3, response))
      const failure = yield* Effect.flip(Effect.scoped(Layer.build(Layer.provide(EchoClient.layerUrl("x"), dialer))))
      assert.strictEqual(failure.reason._tag, "InvalidUrl")
    })
  )
})
