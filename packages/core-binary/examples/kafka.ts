/** The ApiVersions exchange of Kafka, version 3: the protocol guide's "Protocol Primitive Types" and KIP-482 (flexible versions). */
import { Binary, Codec, Parser } from "@bytewright/core-binary"

const UnsignedVarint = Binary.Varint()

/** COMPACT_STRING: the length plus one. */
const CompactString = Binary.Utf8(Binary.prefixed(UnsignedVarint, { plus: 1 }))

/** NULLABLE_STRING: -1 says null. */
const NullableString = Binary.Utf8(Binary.prefixed(Binary.Int16, { absent: -1 }))

/** KIP-482: fields that a reader may not know, by number. */
const TaggedFields = Binary.Array(
  Binary.Struct({ tag: UnsignedVarint, data: Binary.Bytes(UnsignedVarint) }),
  UnsignedVarint
)

/** Every message stands behind its size. */
export const Request = Binary.Window(
  Binary.Int32,
  Binary.Struct({
    // Request header v2. Its client id is not compact, so that any broker can read it.
    apiKey: Binary.Const(Binary.Int16, 18),
    apiVersion: Binary.Const(Binary.Int16, 3),
    correlationId: Binary.Int32,
    clientId: NullableString,
    headerTaggedFields: TaggedFields,
    // ApiVersionsRequest v3.
    clientSoftwareName: CompactString,
    clientSoftwareVersion: CompactString,
    taggedFields: TaggedFields
  })
)

const ApiVersion = Binary.Struct({
  apiKey: Binary.Int16,
  minVersion: Binary.Int16,
  maxVersion: Binary.Int16,
  taggedFields: TaggedFields
})

export const Response = Binary.Window(
  Binary.Int32,
  Binary.Struct({
    // Response header v0, even in flexible versions: the client does not know yet what the broker speaks.
    correlationId: Binary.Int32,
    // ApiVersionsResponse v3. COMPACT_ARRAY: the count plus one.
    errorCode: Binary.Enum(Binary.Int16, { NONE: 0, UNSUPPORTED_VERSION: 35 }, { open: true }),
    apiKeys: Binary.Array(ApiVersion, Binary.prefixed(UnsignedVarint, { plus: 1 })),
    throttleTimeMs: Binary.Int32,
    taggedFields: TaggedFields
  })
)

export const request = Codec.make(Request)
export const response = Codec.make(Response)

/** Responses out of a stream of bytes. */
export const responses = () => Parser.make(Response)
