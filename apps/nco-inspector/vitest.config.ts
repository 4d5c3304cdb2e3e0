export { appTests as default } from "../../harness/vitest.ts"
