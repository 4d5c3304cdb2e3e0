/** Where a check is, so that a fault can say it. */
import * as ArrowError from "../ArrowError.ts"

export class Fault {
  path: ReadonlyArray<string> = []
  private readonly locate: (bytes: Uint8Array) => number | undefined

  constructor(locate: (bytes: Uint8Array) => number | undefined) {
    this.locate = locate
  }

  /** A wrong value in slot `row`, at `position` of `bytes`. */
  data(code: ArrowError.DataError["code"], row: number, detail: string, bytes?: Uint8Array, position = 0): never {
    const start = bytes === undefined ? undefined : this.locate(bytes)
    const offset = start === undefined ? undefined : start + position
    throw ArrowError.make({ _tag: "DataError", code, row }, detail, offset, this.path)
  }

  layout(code: ArrowError.LayoutError["code"], detail: string): never {
    throw ArrowError.make({ _tag: "LayoutError", code }, detail, undefined, this.path)
  }
}
