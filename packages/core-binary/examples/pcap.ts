/**
 * Capture files (draft-ietf-opsawg-pcap) of Ethernet frames with IPv4 (RFC 791) and TCP (RFC 9293). The byte order of the
 * file is that of the machine that wrote it, and its magic number says which; the packets are in network order.
 */
import { Binary, Checksum, Codec } from "@bytewright/core-binary"

/** RFC 1071: the ones' complement of the ones' complement sum of 16-bit words. */
const internet = Checksum.make("internet", (bytes, start, end) => {
  let sum = 0
  for (let i = start; i < end; i++) sum += (i - start) % 2 === 0 ? bytes[i]! << 8 : bytes[i]!
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
})

/** RFC 9293, 3.1. Its checksum covers addresses that are not part of it, and so is a plain number here. */
const Tcp = Binary.Struct({
  sourcePort: Binary.Uint16,
  destinationPort: Binary.Uint16,
  sequenceNumber: Binary.Uint32,
  acknowledgmentNumber: Binary.Uint32,
  control: Binary.Bits({
    dataOffset: 4,
    reserved: Binary.reservedBits(4),
    cwr: 1,
    ece: 1,
    urg: 1,
    ack: 1,
    psh: 1,
    rst: 1,
    syn: 1,
    fin: 1
  }),
  window: Binary.Uint16,
  checksum: Binary.Uint16,
  urgentPointer: Binary.Uint16,
  options: Binary.Bytes(Binary.subtract(Binary.multiply(Binary.field("control", "dataOffset"), 4), 20)),
  data: Binary.Bytes(Binary.rest)
})

/** RFC 791, 3.1: the header's length is in words of 32 bits; its checksum counts itself as zero. */
const Ipv4 = Binary.Struct({
  start: Binary.Bits({ version: Binary.reservedBits(4, 4), ihl: 4, dscp: 6, ecn: 2 }),
  totalLength: Binary.Computed(Binary.Uint16, Binary.subtract(Binary.offsetOf("end"), Binary.offsetOf("start"))),
  identification: Binary.Uint16,
  fragment: Binary.Bits({ reserved: Binary.reservedBits(1), dontFragment: 1, moreFragments: 1, offset: 13 }),
  timeToLive: Binary.Uint8,
  protocol: Binary.Enum(Binary.Uint8, { ICMP: 1, TCP: 6, UDP: 17 }, { open: true }),
  headerChecksum: Binary.Checksum(Binary.Uint16, internet, { from: "start", to: "payload" }),
  source: Binary.Bytes(4),
  destination: Binary.Bytes(4),
  options: Binary.Bytes(Binary.subtract(Binary.multiply(Binary.field("start", "ihl"), 4), 20)),
  payload: Binary.Window(
    Binary.subtract(Binary.field("totalLength"), Binary.multiply(Binary.field("start", "ihl"), 4)),
    Binary.Tagged(Binary.field("protocol"), { TCP: [6, Tcp], Other: [Binary.otherwise, Binary.Bytes(Binary.rest)] })
  ),
  end: Binary.Padding(0)
})

/** IEEE 802.3: what follows a short packet is padding up to the least size of a frame. */
const Ethernet = Binary.Struct({
  destination: Binary.Bytes(6),
  source: Binary.Bytes(6),
  etherType: Binary.Enum(Binary.Uint16, { IPv4: 0x0800, ARP: 0x0806, IPv6: 0x86dd }, { open: true }),
  payload: Binary.Tagged(Binary.field("etherType"), {
    IPv4: [0x0800, Binary.Struct({ packet: Ipv4, padding: Binary.Bytes(Binary.rest) })],
    Other: [Binary.otherwise, Binary.Bytes(Binary.rest)]
  })
})

/** Section 5: `inclLen` bytes were captured of a packet that had `origLen`. */
const Packet = Binary.Struct({
  tsSec: Binary.Uint32,
  tsFraction: Binary.Uint32,
  inclLen: Binary.Computed(Binary.Uint32, Binary.sizeOf("data")),
  origLen: Binary.Uint32,
  data: Binary.bigEndian(Binary.Window(Binary.field("inclLen"), Ethernet))
})

/** Section 4: the magic number as it reads in network order, for files of microseconds and of nanoseconds. */
const magic = {
  big: 0xa1b2c3d4,
  little: 0xd4c3b2a1,
  bigNanoseconds: 0xa1b23c4d,
  littleNanoseconds: 0x4d3cb2a1
} as const

export const Pcap = Binary.Struct({
  magic: Binary.Enum(Binary.Uint32BE, magic),
  file: Binary.littleEndianWhen(
    Binary.or(
      Binary.equals(Binary.field("magic"), magic.little),
      Binary.equals(Binary.field("magic"), magic.littleNanoseconds)
    ),
    Binary.Struct({
      versionMajor: Binary.Const(Binary.Uint16, 2),
      versionMinor: Binary.Const(Binary.Uint16, 4),
      reserved: Binary.Padding(8),
      snapLen: Binary.Uint32,
      linkType: Binary.Const(Binary.Uint32, 1),
      packets: Binary.Array(Packet, Binary.rest)
    })
  )
})

export const codec = Codec.make(Pcap)
