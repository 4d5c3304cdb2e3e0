/**
 * What the exporters to other languages have in common.
 *
 * @since 0.1.0
 */

/**
 * A layout in another language. `notes` says what that language cannot express, each with the path of the field; the same
 * notes stand as comments in `text`. Without notes, the text says all that the layout says about the wire.
 *
 * @category models
 * @since 0.1.0
 */
export interface Export {
  readonly text: string
  readonly notes: ReadonlyArray<Note>
}

/**
 * Something about a field that another language cannot express.
 *
 * @category models
 * @since 0.1.0
 */
export interface Note {
  readonly path: string
  readonly note: string
}
