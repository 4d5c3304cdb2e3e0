import { readFileSync } from "node:fs"

const path = (name: string) => new URL(`../fixtures/${name}`, import.meta.url)

/** Bytes that another program made; `test/fixtures/make.py` says how. */
export const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(path(name)))

/** What other programs read out of the fixtures. */
export const expected = JSON.parse(readFileSync(path("expected.json"), "utf8")) as {
  readonly dns: ReadonlyArray<readonly [name: string, type: number, ttl: number, rdata: string]>
  readonly png: ReadonlyArray<readonly [type: string, length: number]>
  readonly pcap: ReadonlyArray<
    readonly [
      time: number,
      source: string,
      destination: string,
      headerChecksum: number,
      length: number,
      sourcePort: number,
      destinationPort: number,
      sequence: number,
      acknowledgment: number,
      flags: string,
      checksum: number,
      payload: string
    ]
  >
  readonly zip: ReadonlyArray<
    readonly [
      name: string,
      method: number,
      crc: number,
      compressed: number,
      size: number,
      offset: number,
      comment: string
    ]
  >
  readonly kafka: ReadonlyArray<readonly [key: number, min: number, max: number]>
  readonly sqlite: {
    readonly version: readonly [number, number, number]
    readonly pages: number
    readonly encoding: string
    readonly schema: ReadonlyArray<readonly [rowid: number, type: string, name: string, sql: string]>
  }
  readonly npy: Readonly<Record<string, readonly [dtype: string, shape: ReadonlyArray<number>, data: string]>>
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

export const dotted = (address: Uint8Array): string => address.join(".")
