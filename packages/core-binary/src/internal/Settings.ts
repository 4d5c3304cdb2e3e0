import type { Node } from "../Layout.ts"
import type { Limits } from "../Limits.ts"

/** What runs a layout. */
export type Backend = "auto" | "generated" | "closures"

/** What every reading of a layout is told besides the layout. */
export interface Settings {
  readonly limits: Limits
  /** Whether bytes are copied out of the input, not viewed. */
  readonly copy: boolean
  readonly backend: Backend
}

/** What a reading field by field is told: how it makes the value of a lazy window. */
export interface TraceSettings extends Pick<Settings, "limits" | "copy"> {
  readonly lazy: (content: Uint8Array, node: Node, little: boolean) => unknown
}
