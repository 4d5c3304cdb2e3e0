/** What a fast pass gives instead of a value; the slow pass says why. */
export const invalid: unique symbol = Symbol("@bytewright/core-binary/invalid")
