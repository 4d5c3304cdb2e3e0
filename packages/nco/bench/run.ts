/** `node bench/run.ts [--json]`: every claim about speed, as a ratio to the peer it names. */
import { report } from "../../../harness/ratio.ts"
import { arrays } from "./arrays.ts"
import { pickles } from "./pickles.ts"

// One after the other: each would be the other's noise.
const first = await pickles()
const second = await arrays()
report([...first.rows, ...second.rows])
for (const note of [...first.notes, ...second.notes]) console.error(note)
