/** `node bench/run.ts [--json]`: every claim about speed, as a ratio to the peer it names. */
import { report } from "../../../harness/ratio.ts"
import { arrays } from "./arrays.ts"

const { notes, rows } = await arrays()
report(rows)
for (const note of notes) console.error(note)
