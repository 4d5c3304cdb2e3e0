import type { Key, KeySpace } from "./keySpace.ts"
import { keyOf, type PyProtocol, reduce, type Reduction } from "./protocol.ts"

/**
 * A class of Python's `pathlib`.
 *
 * @category models
 * @since 0.1.0
 */
export type PathClass = "PosixPath" | "WindowsPath" | "PurePosixPath" | "PureWindowsPath"

/**
 * A path of Python's `pathlib`, by its parts: drive and root first, then names.
 *
 * **Details**
 *
 * The segments given are joined as `pathlib` joins them (an absolute one starts anew, empty ones and `.` vanish, `..` stays), on text
 * alone: nothing is looked up. Pickles of Python 3.13 hold the segments as they were typed, those of other versions the parts.
 *
 * @category models
 * @since 0.1.0
 */
export class PyPath implements PyProtocol {
  readonly _tag = "PyPath"
  readonly class: PathClass
  readonly parts: ReadonlyArray<string>
  constructor(segments: ReadonlyArray<string>, pathClass: PathClass = "PurePosixPath") {
    this.class = pathClass
    const windows = pathClass.endsWith("WindowsPath")
    let anchor = ""
    let names: Array<string> = []
    for (const segment of segments) {
      const next = windows ? splitWindows(segment) : splitPosix(segment)
      if (next.anchor !== "") {
        const before = anchor.replace(/\\$/, "")
        const onward = windows && drive.test(next.anchor) && next.anchor.toLowerCase() === before.toLowerCase()
        if (!onward) names = []
        // A root without a drive keeps the drive before it, a drive without a root that is the same goes on from there.
        anchor = next.anchor === "\\" ? `${before}\\` : next.anchor + (onward ? anchor.slice(before.length) : "")
      }
      for (const name of next.names) if (name !== "" && name !== ".") names.push(name)
    }
    this.parts = anchor === "" ? names : [anchor, ...names]
  }
  /** The parts joined by their system's separator. */
  toString(): string {
    const windows = this.class.endsWith("WindowsPath")
    const separator = windows ? "\\" : "/"
    const [first = ".", ...rest] = this.parts
    const anchored = first.endsWith(separator) || (windows && drive.test(first))
    return anchored ? first + rest.join(separator) : this.parts.join(separator) || first
  }
  [keyOf](space: KeySpace): Key {
    return space.text(this.class.endsWith("WindowsPath") ? "windows path" : "path", this.toString())
  }
  [reduce](): Reduction {
    return { module: "pathlib", name: this.class, args: this.parts }
  }
}

/** A path as text: its drive and root together, and the names after them. */
interface Split {
  readonly anchor: string
  readonly names: ReadonlyArray<string>
}

/** A drive without a root. */
const drive = /^[^\\]:$/

/** Two slashes, not three, are a root of their own. */
const splitPosix = (segment: string): Split => {
  const anchor = /^(?:\/\/(?!\/)|\/)?/.exec(segment)![0]
  return { anchor, names: segment.slice(anchor.length).split("/") }
}

/** `C:`, `C:\`, `\` or `\\host\share\`. */
const splitWindows = (segment: string): Split => {
  const text = segment.replaceAll("/", "\\")
  const share = /^\\\\[^\\]+\\[^\\]+/.exec(text)?.[0]
  const found = share ?? /^(?:[^\\]:)?\\?/.exec(text)![0]
  const anchor = share === undefined ? found : `${share}\\`
  return { anchor, names: text.slice(found.length).split("\\") }
}
