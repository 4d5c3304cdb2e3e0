import * as Result from "effect/Result"
import * as NcoError from "../NcoError.ts"

/** The same error as seen from an input in which the failing part starts at `offset` and is called `path`. */
export const relocate = (error: NcoError.NcoError, offset: number, path = ""): NcoError.NcoError =>
  NcoError.make(
    error.reason,
    error.offset + offset,
    path === "" || error.path === "" ? path + error.path : `${path}/${error.path}`
  )

/** {@link relocate} for a result. */
export const relocated = <A>(
  result: Result.Result<A, NcoError.NcoError>,
  offset: number,
  path = ""
): Result.Result<A, NcoError.NcoError> => Result.mapError(result, (error) => relocate(error, offset, path))
