export { packageTests as default } from "../../harness/vitest.ts"
