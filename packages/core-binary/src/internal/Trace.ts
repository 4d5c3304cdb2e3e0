/** The rows that a traced reading leaves behind: one a field, a container before what it holds. */
import type { DecodeError, Path } from "../BinaryError.ts"
import type { Node } from "../Layout.ts"

export interface Row {
  offset: number
  size: number
  readonly node: Node | undefined
  /** What part of the field this is: the field itself, the length before it, the tag before it, the number that says it is there, or bytes that nothing read. */
  readonly role: "value" | "length" | "tag" | "presence" | "terminator" | "unread"
  readonly path: Path
  value: unknown
  error: DecodeError | undefined
  /** The byte order of the place, for what inherits it. */
  readonly little: boolean
  /** Whether it is read later, and what is wrong about it found only then. */
  readonly later: boolean
}
