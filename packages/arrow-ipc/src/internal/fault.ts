/** Where a check is, so that a fault can say it. */
import * as ArrowError from "../ArrowError.ts"

export class Fault {
  path: ArrowError.Path = []
  declare private readonly locate: (bytes: Uint8Array) => number | undefined

  constructor(locate: (bytes: Uint8Array) => number | undefined) {
    this.locate = locate
  }

  /** A wrong value in slot `row` of an array: byte `position` of `bytes`, if any is at fault. */
  data(code: ArrowError.DataError["code"], row: number, detail: string, bytes?: Uint8Array, position = 0): never {
    const start = bytes && this.locate(bytes)
    const at = start === undefined ? start : start + position
    return ArrowError.raise("DataError", code, detail, at, this.path, { row })
  }

  layout(code: ArrowError.LayoutError["code"], detail: string): never {
    return ArrowError.raise("LayoutError", code, detail, undefined, this.path)
  }
}
