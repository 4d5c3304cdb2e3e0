/**
 * Python's values that JavaScript has no type for.
 *
 * @since 0.1.0
 */
export * from "./internal/py/collections.ts"
export * from "./internal/py/numbers.ts"
export { NumpyDtype, NumpyScalar } from "./internal/py/numpy.ts"
export * from "./internal/py/objects.ts"
export * from "./internal/py/paths.ts"
export { PyDate, PyDateTime, PyTime, PyTimeDelta, PyTimeZone } from "./internal/py/time.ts"
