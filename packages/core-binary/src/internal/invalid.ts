/** What a fast pass gives instead of a value; the slow pass says why. */
export const invalid: unique symbol = Symbol("@bytewright/core-binary/invalid")

/** Asked in two steps: an engine compares what it takes for anything to a variable of another module by a call. */
export const isInvalid = (value: unknown): boolean => typeof value === "symbol" && value === invalid
