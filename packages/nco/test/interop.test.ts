import { assert, it } from "vitest"
import { exchange, python } from "../interop/arrays.ts"

const interpreter = python()

it.skipIf(interpreter === undefined)("NumPy and Nengo read what we write, and we what they write", async () => {
  assert.match(await exchange(interpreter!, 20260101, 25), /^checked 25 arrays/)
})
