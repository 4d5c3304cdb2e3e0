/** A program that speaks the Echo protocol's requests: integers of every width, bytes and an array with their prefixes. */
import * as Codec from "../src/Codec.ts"
import { Request } from "./echo.ts"

const codec = Codec.make(Request)
export const decode = (bytes: Uint8Array) => codec.decode(bytes)
export const encode = (value: Request) => codec.encode(value)
