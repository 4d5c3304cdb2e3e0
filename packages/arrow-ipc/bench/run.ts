/** `node bench/run.ts [--json]`: reading and writing a table of a million rows, beside apache-arrow and flechette. */
import { report } from "../../../harness/ratio.ts"
import { cell } from "./cell.ts"
import { encode, makeBatches } from "./data.ts"
import { reading } from "./read.ts"
import { besidePyarrow } from "./pyarrow.ts"
import { size } from "./size.ts"
import { writing } from "./write.ts"

const bytes = encode(makeBatches(100, 10_000))

report([...(await reading(bytes)), ...writing(bytes), ...cell(), ...besidePyarrow(bytes), ...(await size())])
