import { assert, describe, it } from "vitest"
import { Endpoint } from "../src/index.ts"

describe("Endpoint", () => {
  it("is written as people write it", () => {
    assert.strictEqual(Endpoint.format(Endpoint.tcp("localhost", 7000)), "localhost:7000")
    assert.strictEqual(Endpoint.format(Endpoint.tcp("::1", 7000)), "[::1]:7000")
    assert.strictEqual(Endpoint.format(Endpoint.unix("/run/echo.sock")), "/run/echo.sock")
  })

  it("asks for TLS only when told to", () => {
    assert.isFalse(Endpoint.tcp("localhost", 7000).tls)
    assert.isTrue(Endpoint.tcp("localhost", 7000, { tls: true }).tls)
  })
})
