/**
 * Codecs compiled ahead of time, for places that forbid generating code (a Content-Security-Policy without `unsafe-eval`,
 * `--disallow-code-generation-from-strings`) and still want its speed.
 *
 * **Details**
 *
 * A build step writes what {@link emit} gives to a file; the program imports the file and installs it. An installed module
 * is used only while it is what the layout and the codec's options would generate now: a stale one is passed over.
 *
 * @since 0.1.0
 */
import { fingerprintOf, type Generated, install as installNode } from "./internal/ahead.ts"
import type { Options } from "./Codec.ts"
import * as Codec from "./Codec.ts"
import { generate } from "./internal/generate.ts"
import type { Layout } from "./Layout.ts"

/**
 * A generated module: what `import * as module from "./generated.js"` gives.
 *
 * @category models
 * @since 0.1.0
 */
export interface Module extends Generated {}

/**
 * The text of an ECMAScript module that reads and writes a layout; it imports nothing.
 *
 * **Gotchas**
 *
 * Give the options that the program will give to `Codec.make`: limits and copying are compiled in. A layout whose checks
 * depend on computed fields from within an array cannot be generated and throws.
 *
 * @category compilers
 * @since 0.1.0
 */
export const emit = (layout: Layout<unknown>, options?: Options): string => {
  const { text } = generate(layout.node, Codec.make(layout, { ...options, backend: "closures" }).settings)
  return `// Generated from a layout; do not edit.\nexport const fingerprint = "${fingerprintOf(text)}"\nexport const make = (R, K) => {\n${text}\n}\n`
}

/**
 * Makes a module the way in which a layout is compiled from now on; codecs that exist already stay as they are.
 *
 * @category compilers
 * @since 0.1.0
 */
export const install = (layout: Layout<unknown>, module: Module): void => installNode(layout.node, module)
