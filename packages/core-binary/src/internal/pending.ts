/** The value of a computed field before the writer knows it. */
export const pending: unique symbol = Symbol("pending")
