/**
 * How deep the containers on the stack are nested, kept while they are built, so that no one has to walk the finished value.
 *
 * **Details**
 *
 * A container that was taken back from the memo can be filled after it was put into another: what is kept here then says
 * nothing, `shared` is set, and the value has to be walked after all.
 */
export class Nesting {
  private readonly slots: Array<number> = []
  private readonly heights: Array<number> = []
  private count = 0
  shared = false

  /** A new container at a slot of the stack, as high as what went into it and one. */
  open(slot: number, inside: number): void {
    this.slots[this.count] = slot
    this.heights[this.count++] = inside + 1
  }

  /** The height of the highest container at `slot` or above; they leave the stack. */
  take(slot: number): number {
    const { heights, slots } = this
    let highest = 0
    while (this.count > 0 && slots[this.count - 1]! >= slot) {
      const height = heights[--this.count]!
      if (height > highest) highest = height
    }
    return highest
  }

  /** Containers at `slot + 1` and above go into the one at `slot`. */
  close(slot: number): void {
    const inside = this.take(slot + 1)
    const top = this.count - 1
    if (inside > 0 && top >= 0 && this.slots[top] === slot && this.heights[top]! <= inside)
      this.heights[top] = inside + 1
  }
}
