/** Walks over an array and its children, and checks each. */
import type { ArrayData } from "../ArrayData.ts"
import { Fault } from "./fault.ts"

/** Throws by way of `fault` if something is wrong with an array; its children are checked by themselves. */
export type Check = (data: ArrayData, fault: Fault) => void

const walk = (data: ArrayData, path: ReadonlyArray<string>, checks: ReadonlyArray<Check>, fault: Fault): void => {
  fault.path = path
  for (const check of checks) check(data, fault)
  for (const child of data.children) walk(child, [...path, child.field.name], checks, fault)
}

/**
 * Throws what `checks` find wrong; `locate` says where a buffer's bytes lie in the input. Dictionaries are checked
 * when they are read, not for every batch that uses them.
 */
export const runChecks = (
  data: ArrayData,
  checks: ReadonlyArray<Check>,
  locate: (bytes: Uint8Array) => number | undefined = () => undefined
): void => {
  if (checks.length > 0) walk(data, [data.field.name], checks, new Fault(locate))
}
