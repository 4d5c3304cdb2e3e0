import { fileURLToPath } from "node:url"
import { examples } from "../../../harness/examples.ts"

examples(fileURLToPath(new URL("..", import.meta.url)))
