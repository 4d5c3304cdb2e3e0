/** `node conformance/run.ts DIR`: runs foreign vectors, prints what fails and `N passed, N failed`. */
import { arrays } from "./arrays.ts"
import { pickles } from "./pickles.ts"

const directory = process.argv[2]
if (directory === undefined) {
  console.error("usage: node conformance/run.ts DIR")
  process.exit(2)
}
const outcomes = [...arrays(directory), ...pickles(directory)]
const failed = outcomes.filter((outcome) => !outcome.passed)
for (const { message, name } of failed) console.log(`${name}: ${message}`)
console.log(`${outcomes.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
