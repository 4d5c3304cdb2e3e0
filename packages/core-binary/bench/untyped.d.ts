declare module "binary-parser" {
  export class Parser {
    endianness(order: "big" | "little"): this
    int8(name: string): this
    int16(name: string): this
    int32(name: string): this
    int64(name: string): this
    buffer(name: string, options: object): this
    array(name: string, options: object): this
    parse(bytes: Uint8Array): never
  }
}

declare module "restructure" {
  export interface Type {
    fromBuffer(bytes: Uint8Array): never
    toBuffer(value: unknown): Uint8Array
  }
  export const int8: Type
  export const int16: Type
  export const int32: Type
  export const uint32: Type
  export class Struct {
    constructor(fields: Record<string, unknown>)
    fromBuffer(bytes: Uint8Array): never
    toBuffer(value: unknown): Uint8Array
  }
  export const Buffer: new (length: Type) => unknown
  export const Array: new (of: Type, length: Type) => unknown
}
