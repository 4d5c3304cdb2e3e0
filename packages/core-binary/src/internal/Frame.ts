/** What expressions see while closures run: the fields of a struct, by slot, filled in while it is read or written. */
/** What is known of the fields that expressions ask for. A suspended layout has a frame of its own. */
export class Frame {
  readonly values: Array<unknown>
  readonly starts: Array<number>
  readonly ends: Array<number>
  readonly tags: Array<number>

  constructor(size: number) {
    this.values = new Array<unknown>(size).fill(undefined)
    this.starts = new Array<number>(size).fill(0)
    this.ends = new Array<number>(size).fill(0)
    this.tags = new Array<number>(size).fill(0)
  }
}

/** Where names are found when closures are made. */
export interface Slots {
  readonly fields: ReadonlyMap<string, number>
  readonly parent: Slots | undefined
}

/** The part of a reader's or writer's state that expressions see. */
export interface Operands {
  frame: Frame
  readonly base: number
  /** The position, and the end of the window. */
  readonly p: number
  readonly e: number
  /** Set where an operand is no number: the evaluation does not count. */
  bad: boolean
}
