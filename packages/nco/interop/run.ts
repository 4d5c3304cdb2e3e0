/** `node interop/run.ts [rounds] [seed]`: exchanges random arrays, objects and caches with NumPy and Nengo, which it installs if need be. */
import { execFileSync } from "node:child_process"
import { environment, exchange, python } from "./exchange.ts"

const rounds = Number(process.argv[2] ?? 20)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)

if (python() === undefined) {
  console.error(`installing numpy and nengo into ${environment}`)
  execFileSync("python3", ["-m", "venv", environment], { stdio: "inherit" })
  execFileSync(`${environment}/bin/pip`, ["install", "--quiet", "numpy", "scipy", "nengo"], { stdio: "inherit" })
}
for (let round = 0; round < rounds; round++) {
  console.log(`seed ${seed + round}: ${await exchange(python()!, seed + round, 60)}`)
}
