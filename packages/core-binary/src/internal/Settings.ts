import type { Node } from "../Layout.ts"
import type { Limits } from "../Limits.ts"

/** What every reading of a layout is told besides the layout. */
export interface Settings {
  readonly limits: Limits
  /** Whether bytes are copied out of the input, not viewed. */
  readonly copy: boolean
  /** Makes the value of a lazy window. */
  readonly lazy: (content: Uint8Array, node: Node, little: boolean) => unknown
}
