/** Access to the whole `ArrayBuffer` behind some bytes, so that positions are absolute in it. */
export interface Memory {
  readonly source: Uint8Array
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  readonly bytes: Uint8Array
  /** Where the source starts. */
  readonly offset: number
}

const nothing = new Uint8Array(0)

/**
 * The memory asked for last. A parser reads many messages out of one chunk, and a writer fills one buffer: it is nearly
 * always the next one too. It keeps one buffer alive.
 */
export const memory: { last: Memory } = {
  last: { source: nothing, buffer: nothing.buffer, view: new DataView(nothing.buffer), bytes: nothing, offset: 0 }
}

export const memoryOf = (source: Uint8Array): Memory => {
  const { last } = memory
  if (last.source === source) return last
  const { buffer, byteOffset: offset } = source
  // Never changed in place: a reading that is under way still holds the one before.
  return (memory.last =
    last.buffer === buffer
      ? { source, buffer, view: last.view, bytes: last.bytes, offset }
      : { source, buffer, view: new DataView(buffer), bytes: new Uint8Array(buffer), offset })
}
