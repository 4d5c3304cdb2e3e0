import type { Result } from "effect/Result"
import type { DecodeError } from "../BinaryError.ts"
import type { Layout, Node } from "../Layout.ts"
import type { Limits } from "../Limits.ts"

/** What every reading of a layout is told besides the layout. */
export interface Settings {
  readonly limits: Limits
  /** Whether bytes are copied out of the input, not viewed. */
  readonly copy: boolean
  /** Compiles the layout of a lazy window with the same options. */
  readonly decoder: (layout: Layout<unknown>) => (bytes: Uint8Array) => Result<unknown, DecodeError>
}

/** What a reading field by field is told: how it makes the value of a lazy window. */
export interface TraceSettings extends Pick<Settings, "limits" | "copy"> {
  readonly lazy: (content: Uint8Array, node: Node, little: boolean) => unknown
}
