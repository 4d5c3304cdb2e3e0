/** One `DataView` and one `Uint8Array` over the whole of an `ArrayBuffer`, so that positions are absolute in it. */
export interface Memory {
  readonly buffer: ArrayBufferLike
  readonly view: DataView
  readonly bytes: Uint8Array
}

const make = (buffer: ArrayBufferLike): Memory => ({
  buffer,
  view: new DataView(buffer),
  bytes: new Uint8Array(buffer)
})

// A parser reads many messages out of one chunk: the last buffer is nearly always the next one. It keeps one buffer alive.
let last: Memory = make(new ArrayBuffer(0))

export const memoryOf = (buffer: ArrayBufferLike): Memory => {
  if (last.buffer === buffer) return last
  return (last = make(buffer))
}
