/** The two sentences that most errors need; the code beside them says of what. */

/** What is there, and what should be. */
export const found = (actual: unknown, expected: unknown): string => `found ${actual}, expected ${expected}`

/** What does not fit between 0 and `end`: `size` bytes or slots at `at`. */
export const outside = (size: number, at: number, end: number): string => `${size} at ${at} leave the ${end} there are`

export const notUtf8 = "the text is not UTF-8"
