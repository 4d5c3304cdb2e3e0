import type { Endian } from "../Layout.ts"

/** A byte order as the end of a type's name. */
export const endianSuffix = (endian: Endian): string => (endian === "inherit" ? "" : endian === "big" ? "be" : "le")
