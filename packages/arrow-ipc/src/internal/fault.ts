/** Where a check is, so that a fault can say it. */
import type { ArrayData } from "../ArrayData.ts"
import * as ArrowError from "../ArrowError.ts"

export class Fault {
  path: ArrowError.Path = []
  declare private readonly locate: (bytes: Uint8Array) => number | undefined

  constructor(locate: (bytes: Uint8Array) => number | undefined) {
    this.locate = locate
  }

  /** A wrong value in slot `slot` of an array's buffers: byte `position` of `bytes`, if any is at fault. */
  data(
    code: ArrowError.DataError["code"],
    { offset }: ArrayData,
    slot: number,
    detail: string,
    bytes?: Uint8Array,
    position = 0
  ): never {
    const start = bytes && this.locate(bytes)
    const at = start === undefined ? start : start + position
    return ArrowError.raise("DataError", code, detail, at, this.path, { row: slot - offset })
  }

  layout(code: ArrowError.LayoutError["code"], detail: string): never {
    return ArrowError.raise("LayoutError", code, detail, undefined, this.path)
  }
}
