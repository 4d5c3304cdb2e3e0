/**
 * `node interop/run.ts [--rounds N] [--seed N]`: exchanges random values with CPython, NumPy and Nengo, which it installs if need be. Each round
 * is 60 arrays and as many objects, a cache, 500 pickles each way, and 5,000 programs of opcodes. Before them come the families of
 * `vectors.py`, `headers.py` and `hostile.py`; `BYTEWRIGHT_PYTHON2` names a Python 2 whose pickles are added.
 */
import { parseArgs } from "node:util"
import { directory, exchange, python } from "./arrays.ts"
import { generated } from "./generated.ts"
import { environment, read, written } from "./pickles.ts"
import { programs } from "./programs.ts"

const { values } = parseArgs({ options: { rounds: { type: "string", default: "20" }, seed: { type: "string" } } })
const rounds = Number(values.rounds)
const seed = Number(values.seed ?? Date.now() % 1_000_000)

const interpreter = python() ?? environment(directory, ["numpy", "scipy", "nengo"])
let failed = 0
const python2 = process.env["BYTEWRIGHT_PYTHON2"]
for (const [script, ...options] of [
  ["vectors.py", ...(python2 === undefined ? [] : [python2])],
  ["headers.py", String(seed), "2000"],
  ["hostile.py"]
] as const) {
  const { failures, passed } = generated(interpreter, script, ...options)
  console.log(`${script}: ${passed} passed, ${failures.length} differ`)
  for (const failure of failures) console.log(`  ${failure}`)
  failed += failures.length
}
for (let round = seed; round < seed + rounds; round++) {
  console.log(`seed ${round}: ${await exchange(interpreter, round, 60)}`)
  for (const [what, run] of [
    ["written", written],
    ["read", read]
  ] as const) {
    const { cases, failures } = await run(interpreter, round * 500, 500)
    console.log(`seed ${round * 500}: ${cases} pickles ${what}, ${failures.length} differ`)
    for (const failure of failures) console.log(`  ${failure}`)
    failed += failures.length
  }
  const { equal, failures, refused, stricter } = programs(interpreter, round * 5000, 5000)
  console.log(
    `seed ${round * 5000}: programs: ${equal} equal, ${refused} refused by both, ${stricter} only here, ${failures.length} differ`
  )
  for (const failure of failures) console.log(`  ${failure}`)
  failed += failures.length
}
process.exitCode = failed === 0 ? 0 : 1
