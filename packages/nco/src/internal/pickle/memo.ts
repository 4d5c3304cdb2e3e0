/**
 * What a pickle being written holds already, and under which index.
 *
 * **Details**
 *
 * Most values never come again, and looking for them in a large table is what identity costs. So what is entered before its content
 * is first only put into a set, which grows or does not: one look, into the smaller table. The first that does come again has all
 * of them moved to the `Map` where the others are.
 */
export class Memo {
  private readonly map = new Map<unknown, number>()
  private once: Set<object> | undefined = new Set()
  private readonly indices: Array<number> = []

  /** Of what was not added, but set. */
  get(value: unknown): number | undefined {
    return this.map.get(value)
  }

  set(value: unknown, index: number): void {
    this.map.set(value, index)
  }

  /** The index of a value, or `undefined` where it is new: then it has this one from now on. */
  add(value: object, index: number): number | undefined {
    const { map, once } = this
    if (once !== undefined) {
      const { size } = once
      once.add(value)
      if (once.size > size) {
        this.indices.push(index)
        return undefined
      }
      let at = 0
      for (const other of once) map.set(other, this.indices[at++]!)
      this.once = undefined
    }
    const found = map.get(value)
    if (found === undefined) map.set(value, index)
    return found
  }
}
