/** Access to the whole `ArrayBuffer` behind some bytes, so that positions are absolute in it. */
export interface Memory {
  readonly source: Uint8Array
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  readonly bytes: Uint8Array
  /** Where the source starts. */
  readonly offset: number
}

const source = new Uint8Array(0)
const nothing: Memory = { source, buffer: source.buffer, view: new DataView(source.buffer), bytes: source, offset: 0 }

/**
 * The memory last read and the memory last written. A parser reads many messages out of one chunk, and a writer fills one
 * buffer: it is nearly always the next one too. Two, since a server does both by turns. Each keeps one buffer alive.
 */
export const memory: { read: Memory; write: Memory } = { read: nothing, write: nothing }

// Never changed in place: a reading that is under way still holds the one before.
const of = (last: Memory, source: Uint8Array): Memory => {
  const { buffer, byteOffset: offset } = source
  return last.buffer === buffer
    ? { source, buffer, view: last.view, bytes: last.bytes, offset }
    : { source, buffer, view: new DataView(buffer), bytes: new Uint8Array(buffer), offset }
}

/** The memory of bytes that are of no use afterwards: nothing remembers it. */
export const passing = (source: Uint8Array): Memory => of(nothing, source)

/** The memory of bytes to be read. */
export const readable = (source: Uint8Array): Memory =>
  memory.read.source === source ? memory.read : (memory.read = of(memory.read, source))

/** The memory of bytes to be written. */
export const writable = (target: Uint8Array): Memory =>
  memory.write.source === target ? memory.write : (memory.write = of(memory.write, target))

/** The one result beside its value that a pass, or a read of variable length, gives: where it ended. Shared, because it is read at once. */
export const cursor = { next: 0 }
