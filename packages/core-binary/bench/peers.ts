/**
 * The same request in other libraries. Those above the line read the same bytes; those below have a wire of their own and
 * read their own encoding of the same value.
 */
import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema
} from "@bufbuild/protobuf/wkt"
import * as Solana from "@solana/codecs"
import avsc from "avsc"
import { Parser } from "binary-parser"
import * as SchemaBinary from "effect/encoding/SchemaBinary"
import * as Schema from "effect/Schema"
import { pack, unpack } from "msgpackr"
import * as Restructure from "restructure"
import * as Typed from "typed-binary"
import type { Request } from "./echo.ts"

/** A library's decoder of the request, and what it gives, in the request's own form. */
export interface Peer {
  readonly name: string
  readonly decode: () => unknown
  readonly normal: (decoded: never) => unknown
  readonly encode: (() => unknown) | undefined
}

const plain = (request: Request) => ({
  apiKey: request.apiKey,
  sequence: request.sequence,
  timestamp: Number(request.timestamp),
  subject: Array.from(request.subject),
  metadata: Array.from(request.metadata),
  body: Array.from(request.body)
})

export { plain }

const binaryParser = (bytes: Uint8Array): Peer => {
  const parser = new Parser()
    .endianness("big")
    .int8("apiKey")
    .int8("sequence")
    .int64("timestamp")
    .int32("subjectLength")
    .buffer("subject", { length: "subjectLength" })
    .int16("count")
    .array("metadata", { type: "int16be", length: "count" })
    .int32("bodyLength")
    .buffer("body", { length: "bodyLength" })
  return { name: "binary-parser", decode: () => parser.parse(bytes), normal: plain, encode: undefined }
}

const restructure = (bytes: Uint8Array, request: Request): Peer => {
  const struct = new Restructure.Struct({
    apiKey: Restructure.int8,
    sequence: Restructure.int8,
    // It has no 64-bit integers: two halves.
    high: Restructure.int32,
    low: Restructure.uint32,
    subject: new Restructure.Buffer(Restructure.int32),
    metadata: new Restructure.Array(Restructure.int16, Restructure.int16),
    body: new Restructure.Buffer(Restructure.int32)
  })
  const value = { ...request, high: 0, low: Number(request.timestamp) }
  return {
    name: "restructure",
    decode: () => struct.fromBuffer(bytes),
    normal: (decoded: Request & { low: number }) => plain({ ...decoded, timestamp: BigInt(decoded.low) }),
    encode: () => struct.toBuffer(value)
  }
}

const solana = (bytes: Uint8Array, request: Request): Peer => {
  const big = { endian: Solana.Endian.Big }
  const codec = Solana.getStructCodec([
    ["apiKey", Solana.getI8Codec()],
    ["sequence", Solana.getI8Codec()],
    ["timestamp", Solana.getI64Codec(big)],
    ["subject", Solana.addCodecSizePrefix(Solana.getBytesCodec(), Solana.getI32Codec(big))],
    ["metadata", Solana.getArrayCodec(Solana.getI16Codec(big), { size: Solana.getI16Codec(big) })],
    ["body", Solana.addCodecSizePrefix(Solana.getBytesCodec(), Solana.getI32Codec(big))]
  ])
  const value = { ...request, metadata: [...request.metadata] }
  return {
    name: "@solana/codecs",
    decode: () => codec.decode(bytes),
    normal: plain as never,
    encode: () => codec.encode(value)
  }
}

const schemaBinary = (request: Request): Peer => {
  const codec = SchemaBinary.toCodec(
    Schema.Struct({
      apiKey: Schema.Int,
      sequence: Schema.Int,
      timestamp: Schema.BigInt,
      subject: Schema.Uint8Array,
      metadata: Schema.Array(Schema.Int),
      body: Schema.Uint8Array
    })
  )
  const decode = Schema.decodeUnknownSync(codec)
  const encode = Schema.encodeUnknownSync(codec)
  const bytes = encode(request)
  return { name: "SchemaBinary", decode: () => decode(bytes), normal: plain, encode: () => encode(request) }
}

const protobuf = (request: Request): Peer => {
  const field = (name: string, number: number, type: FieldDescriptorProto_Type, repeated = false) => ({
    name,
    number,
    type,
    label: repeated ? FieldDescriptorProto_Label.REPEATED : FieldDescriptorProto_Label.OPTIONAL,
    jsonName: name
  })
  const file = create(FileDescriptorProtoSchema, {
    name: "echo.proto",
    syntax: "proto3",
    messageType: [
      {
        name: "Request",
        field: [
          field("apiKey", 1, FieldDescriptorProto_Type.SINT32),
          field("sequence", 2, FieldDescriptorProto_Type.SINT32),
          field("timestamp", 3, FieldDescriptorProto_Type.SINT64),
          field("subject", 4, FieldDescriptorProto_Type.BYTES),
          field("metadata", 5, FieldDescriptorProto_Type.SINT32, true),
          field("body", 6, FieldDescriptorProto_Type.BYTES)
        ]
      }
    ]
  })
  const schema = createFileRegistry(file, () => undefined).getMessage("Request")!
  const message = create(schema, request as never)
  const bytes = toBinary(schema, message)
  return {
    name: "protobuf-es",
    decode: () => fromBinary(schema, bytes),
    normal: plain as never,
    encode: () => toBinary(schema, message)
  }
}

const avro = (request: Request): Peer => {
  const type = avsc.Type.forSchema({
    type: "record",
    name: "Request",
    fields: [
      { name: "apiKey", type: "int" },
      { name: "sequence", type: "int" },
      { name: "timestamp", type: "long" },
      { name: "subject", type: "bytes" },
      { name: "metadata", type: { type: "array", items: "int" } },
      { name: "body", type: "bytes" }
    ]
  })
  const value = {
    ...request,
    timestamp: Number(request.timestamp),
    subject: Buffer.from(request.subject),
    body: Buffer.from(request.body)
  }
  const bytes = type.toBuffer(value)
  return {
    name: "avsc",
    decode: () => type.fromBuffer(bytes),
    normal: plain as never,
    encode: () => type.toBuffer(value)
  }
}

const msgpack = (request: Request): Peer => {
  const bytes = pack(request)
  return { name: "msgpackr", decode: () => unpack(bytes), normal: plain, encode: () => pack(request) }
}

const typedBinary = (request: Request): Peer => {
  const schema = Typed.object({
    apiKey: Typed.i8,
    sequence: Typed.i8,
    // It has no 64-bit integers: two halves.
    high: Typed.i32,
    low: Typed.u32,
    subject: Typed.dynamicArrayOf(Typed.byte),
    metadata: Typed.dynamicArrayOf(Typed.i16),
    body: Typed.dynamicArrayOf(Typed.byte)
  })
  const value = {
    ...request,
    high: 0,
    low: Number(request.timestamp),
    subject: Array.from(request.subject),
    metadata: [...request.metadata],
    body: Array.from(request.body)
  }
  const target = new ArrayBuffer(16384)
  const encode = () => {
    const writer = new Typed.BufferWriter(target, { endianness: "big" })
    schema.write(writer, value)
    return writer.currentByteOffset
  }
  encode()
  return {
    name: "typed-binary",
    decode: () => schema.read(new Typed.BufferReader(target, { endianness: "big" })),
    normal: (decoded: { low: number }) => plain({ ...request, ...decoded, timestamp: BigInt(decoded.low) }),
    encode
  }
}

/** Every peer, over a request and its bytes. */
export const peers = (bytes: Uint8Array, request: Request): ReadonlyArray<Peer> => [
  binaryParser(bytes),
  restructure(bytes, request),
  solana(bytes, request),
  typedBinary(request),
  schemaBinary(request),
  protobuf(request),
  avro(request),
  msgpack(request)
]
