/** A capture file of packets to one port, in the format of libpcap, little endian. */
const port = 9000

const header = (): Buffer => {
  const bytes = Buffer.alloc(24)
  bytes.writeUInt32LE(0xa1b2c3d4, 0)
  bytes.writeUInt16LE(2, 4)
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(0xffff, 16)
  bytes.writeUInt32LE(1, 20)
  return bytes
}

const packet = (protocol: number, transport: Uint8Array, payload: Uint8Array, index: number): Buffer => {
  const size = 34 + transport.length + payload.length
  const bytes = Buffer.alloc(16 + size)
  bytes.writeUInt32LE(index, 0)
  bytes.writeUInt32LE(size, 8)
  bytes.writeUInt32LE(size, 12)
  bytes.writeUInt16BE(0x0800, 28)
  const ip = bytes.subarray(30)
  ip[0] = 0x45
  ip.writeUInt16BE(size - 14, 2)
  ip[8] = 64
  ip[9] = protocol
  ip.set([127, 0, 0, 1, 127, 0, 0, 1], 12)
  ip.set(transport, 20)
  ip.set(payload, 20 + transport.length)
  return bytes
}

/** How many bytes stand before a UDP payload in its frame. */
export const udpPayload = 42

export const udp = (payloads: ReadonlyArray<Uint8Array>): Buffer =>
  Buffer.concat([
    header(),
    ...payloads.map((payload, index) => {
      const transport = Buffer.alloc(8)
      transport.writeUInt16BE(40_000, 0)
      transport.writeUInt16BE(port, 2)
      transport.writeUInt16BE(8 + payload.length, 4)
      return packet(17, transport, payload, index)
    })
  ])

export const tcp = (segments: ReadonlyArray<Uint8Array>): Buffer => {
  let sequence = 1
  return Buffer.concat([
    header(),
    ...segments.map((payload, index) => {
      const transport = Buffer.alloc(20)
      transport.writeUInt16BE(40_000, 0)
      transport.writeUInt16BE(port, 2)
      transport.writeUInt32BE(sequence, 4)
      transport[12] = 0x50
      transport[13] = 0x18
      transport.writeUInt16BE(0xffff, 14)
      sequence += payload.length
      return packet(6, transport, payload, index)
    })
  ])
}
