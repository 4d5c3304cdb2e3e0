/** What an extension type must say; apart from `ExtensionTypes`, which registers the canonical ones. */
import type { Field } from "../Schema.ts"

/**
 * One extension type, by its name; `open` looks at a field of that name once and returns how to convert its values.
 *
 * `open` returns a sentence where the storage type or the parameters are not what the type demands.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExtensionType {
  readonly name: string
  readonly open: (storage: Field, parameters: string) => Conversion | string
}

/**
 * Both ways between a value of the extension type and one of its storage type, as columns give it; neither sees
 * `null`. A function throws an `Error` with a sentence where a value has no counterpart.
 *
 * @category models
 * @since 0.1.0
 */
export interface Conversion {
  readonly decode: (stored: unknown) => unknown
  readonly encode: (value: unknown) => unknown
}
