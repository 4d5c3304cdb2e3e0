/** The smallest program: one layout, one codec. What it bundles is what a user of the package ships. */
import * as Binary from "../src/Binary.ts"
import * as Codec from "../src/Codec.ts"

const codec = Codec.make(Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) }))
export const decode = (bytes: Uint8Array) => codec.decode(bytes)
export const encode = (value: { readonly id: number; readonly name: string }) => codec.encode(value)
