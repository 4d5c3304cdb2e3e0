/** Whether arrays and dictionaries lay out as the same bytes, as a dictionary must to go on from what was written. */
import type { ArrayData } from "../ArrayData.ts"
import type { Dictionary } from "../Dictionary.ts"
import { compact } from "./compact.ts"
import { Body } from "./encodeBody.ts"

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

const dictionariesOf = (data: ArrayData): ReadonlyArray<Dictionary> => [
  ...(data.dictionary === undefined ? [] : [data.dictionary]),
  ...data.children.flatMap(dictionariesOf)
]

const equalData = (a: ArrayData, b: ArrayData): boolean => {
  const options = { version: "V5", alignment: 8, codec: undefined } as const
  const left = new Body(options)
  const right = new Body(options)
  left.array(a)
  right.array(b)
  const inner = dictionariesOf(b)
  return (
    left.nodes.every(
      (node, i) => node.length === right.nodes[i]!.length && node.nullCount === right.nodes[i]!.nullCount
    ) &&
    left.chunks.length === right.chunks.length &&
    left.chunks.every((chunk, i) => isSame(chunk, right.chunks[i]!)) &&
    dictionariesOf(a).every((dictionary, i) => agree(dictionary, inner[i]!))
  )
}

/** The values `[from, to)` of a dictionary, as slices of its chunks. */
export const slices = (dictionary: Dictionary, from: number, to: number): ReadonlyArray<ArrayData> => {
  const found: Array<ArrayData> = []
  let start = 0
  for (const chunk of dictionary.chunks.slice(0, dictionary.count)) {
    const first = Math.max(from, start)
    const last = Math.min(to, start + chunk.length)
    if (first < last) found.push(compact(chunk, chunk.offset + first - start, last - first))
    start += chunk.length
  }
  return found
}

/** Whether two dictionaries have the same values as far as both go. */
export const agree = (a: Dictionary, b: Dictionary): boolean => {
  if (a === b) return true
  const length = Math.min(a.length, b.length)
  let at = 0
  let [i, j] = [0, 0]
  let [startA, startB] = [0, 0]
  while (at < length) {
    const left = a.chunks[i]!
    const right = b.chunks[j]!
    const end = Math.min(length, startA + left.length, startB + right.length)
    const isShared = left === right && startA === startB
    if (!isShared && end > at) {
      const one = compact(left, left.offset + at - startA, end - at)
      const other = compact(right, right.offset + at - startB, end - at)
      if (!equalData(one, other)) return false
    }
    at = end
    if (end === startA + left.length) startA += a.chunks[i++]!.length
    if (end === startB + right.length) startB += b.chunks[j++]!.length
  }
  return true
}
