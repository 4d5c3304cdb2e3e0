/**
 * DNS messages: RFC 1035, section 4, with the record types of RFC 3596 (AAAA) and RFC 6891 (OPT).
 *
 * A message without compressed names is read and written; a compressed name is read where its pointer leads, and cannot
 * be written, since where to point is the writer's choice.
 */
import { Binary, Codec, type Layout } from "@bytewright/core-binary"

/** 4.1.4: a sequence of labels that ends with the root (a zero) or with a pointer to an earlier name. */
export type Name =
  | { readonly _tag: "Root" }
  | { readonly _tag: "Label"; readonly label: string; readonly next: Name }
  | { readonly _tag: "Pointer"; readonly at: { readonly offset: number }; readonly name: Name }

export const Name: Layout.Layout<Name, "required"> = Binary.Suspend("Name", () =>
  Binary.Tagged(Binary.peek(Binary.Uint8), {
    Root: [0, Binary.Struct({ zero: Binary.Const(Binary.Uint8, 0) })],
    Label: [[1, 63], Binary.Struct({ label: Binary.Latin1(Binary.Uint8), next: Name })],
    Pointer: [
      [0xc0, 0xff],
      Binary.Struct({
        at: Binary.Bits({ pointer: Binary.reservedBits(2, 0b11), offset: 14 }),
        name: Binary.Pointer(Binary.field("at", "offset"), Name)
      })
    ]
  })
)

/** A name as text, with its final dot. */
export const nameText = (name: Name): string => {
  switch (name._tag) {
    case "Root":
      return "."
    case "Pointer":
      return nameText(name.name)
    case "Label":
      return name.next._tag === "Root" ? `${name.label}.` : `${name.label}.${nameText(name.next)}`
  }
}

/** 3.2.2, 3.2.3: TYPE and QTYPE. */
const Type = Binary.Enum(
  Binary.Uint16,
  { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, OPT: 41, ANY: 255 },
  { open: true }
)

/** 3.2.4: CLASS. An OPT record keeps the sender's payload size there (RFC 6891, 6.1.2). */
const Class = Binary.Enum(Binary.Uint16, { IN: 1, CH: 3, HS: 4, ANY: 255 }, { open: true })

/** 4.1.2 */
const Question = Binary.Struct({ qname: Name, qtype: Type, qclass: Class })

/** 3.3.13 */
const Soa = Binary.Struct({
  mname: Name,
  rname: Name,
  serial: Binary.Uint32,
  refresh: Binary.Uint32,
  retry: Binary.Uint32,
  expire: Binary.Uint32,
  minimum: Binary.Uint32
})

/** 4.1.3, with the RDATA of 3.3 and 3.4. */
export const ResourceRecord = Binary.Struct({
  name: Name,
  type: Type,
  class: Class,
  ttl: Binary.Uint32,
  rdlength: Binary.Computed(Binary.Uint16, Binary.sizeOf("rdata")),
  rdata: Binary.Window(
    Binary.field("rdlength"),
    Binary.Tagged(Binary.field("type"), {
      A: [1, Binary.Struct({ address: Binary.Bytes(4) })],
      NS: [2, Binary.Struct({ nsdname: Name })],
      CNAME: [5, Binary.Struct({ cname: Name })],
      SOA: [6, Soa],
      PTR: [12, Binary.Struct({ ptrdname: Name })],
      MX: [15, Binary.Struct({ preference: Binary.Uint16, exchange: Name })],
      TXT: [16, Binary.Struct({ txtData: Binary.Array(Binary.Latin1(Binary.Uint8), Binary.rest) })],
      AAAA: [28, Binary.Struct({ address: Binary.Bytes(16) })],
      Other: [Binary.otherwise, Binary.Bytes(Binary.rest)]
    })
  )
})

/** 4.1: the header (4.1.1) and the four sections that it counts. */
export const Message = Binary.Struct({
  id: Binary.Uint16,
  flags: Binary.Bits({
    qr: 1,
    opcode: 4,
    aa: 1,
    tc: 1,
    rd: 1,
    ra: 1,
    z: Binary.reservedBits(1),
    ad: 1,
    cd: 1,
    rcode: 4
  }),
  qdcount: Binary.Computed(Binary.Uint16, Binary.countOf("question")),
  ancount: Binary.Computed(Binary.Uint16, Binary.countOf("answer")),
  nscount: Binary.Computed(Binary.Uint16, Binary.countOf("authority")),
  arcount: Binary.Computed(Binary.Uint16, Binary.countOf("additional")),
  question: Binary.Array(Question, Binary.field("qdcount")),
  answer: Binary.Array(ResourceRecord, Binary.field("ancount")),
  authority: Binary.Array(ResourceRecord, Binary.field("nscount")),
  additional: Binary.Array(ResourceRecord, Binary.field("arcount"))
})

/** A name has at most 255 bytes (3.1): 127 labels, and as many pointers. */
export const codec = Codec.make(Message, { limits: { maxDepth: 256, maxBytes: 65535 } })
