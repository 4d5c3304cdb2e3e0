/** Bytes as hex, with a space between two. */
export const hexText = (bytes: ArrayLike<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
