import * as Result from "effect/Result"
import type { NcoError, Reason } from "../../NcoError.ts"
import { make } from "../../NcoError.ts"
import { PyByteArray, PyDict, PyFrozenSet, PySet, PyTuple } from "../py/collections.ts"
import { ambiguous, KeySpace } from "../py/keySpace.ts"
import { append, Fault, fill, limitExceeded, malformed } from "../py/protocol.ts"
import { checkDepth, isContainer } from "./depth.ts"
import { Globals, type Replace, type Seen } from "./globals.ts"
import { nameOf, Op } from "./opcode.ts"
import { Nesting } from "./nesting.ts"
import type { Settings } from "./options.ts"
export type { Settings }
import { mapSet, recordSet, setAdd } from "./profile.ts"
import { float, integer, literal, string2, unicode, utf8 } from "./text.ts"
import { Truncated, Window } from "./window.ts"

/** A decoded value, and where the byte after its STOP is. */
export interface Decoded {
  readonly value: unknown
  readonly end: number
}

/** Most ints are small, and need not be made anew. */
const smallInts: ReadonlyArray<bigint> = Array.from({ length: 256 }, (_, i) => BigInt(i))

const underflow = (): Fault => malformed("the stack has no value to take")
const noMark = (): Fault => malformed("there is no MARK")

/** Decodes one pickle in the window `[start, end)` of `bytes`. */
export const decode = (
  bytes: Uint8Array,
  start: number,
  end: number,
  settings: Settings,
  seen?: Seen
): Result.Result<Decoded, NcoError> => {
  const first = new Machine(bytes, start, end, settings, undefined, seen).run()
  if (first !== ambiguous) return first
  // Only now does it matter which of its arrays and sets are tuples and frozensets; most pickles never pay for it.
  return new Machine(bytes, start, end, settings, new WeakSet(), seen).run() as Result.Result<Decoded, NcoError>
}

class Machine extends Window {
  private readonly settings: Settings
  private readonly hashable: WeakSet<object> | undefined
  private readonly space: KeySpace
  private readonly globals: Globals
  private readonly replace: Replace
  private readonly memo: Array<unknown> = []
  /** Memo entries beyond those that came in order: a forged index must not make a huge array. */
  private sparse: Map<number, unknown> | undefined = undefined
  private buffers = 0
  /** The last keys of each number that a dict had. */
  private readonly shapes: Array<Array<unknown> | undefined> = []

  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    settings: Settings,
    hashable: WeakSet<object> | undefined,
    seen: Seen | undefined
  ) {
    super(bytes, start, end)
    this.settings = settings
    this.hashable = hashable
    this.space = new KeySpace(settings.limits.maxKeyNodes, hashable)
    this.globals = new Globals(settings, this.space, hashable, seen)
    this.replace = (_from, to, indices) => {
      for (const index of indices) {
        if (index < this.memo.length) this.memo[index] = to
        else this.sparse!.set(index, to)
      }
    }
  }

  run(): Result.Result<Decoded, NcoError> | typeof ambiguous {
    const { bytes, end, globals, memo, settings, space, view } = this
    const { lossless, limits, maps } = settings
    const { maxMemo, maxOps, maxStack } = limits
    const stack: Array<unknown> = []
    const marks: Array<number> = []
    let sp = 0
    /** Where the values above the topmost MARK begin. */
    let floor = 0
    let ops = 0
    const nesting = new Nesting()
    let pos = this.pos
    let at = pos
    try {
      for (;;) {
        at = pos
        if (pos >= end) throw new Truncated(pos + 1)
        if (++ops > maxOps) throw limitExceeded("maxOps", ops, maxOps)
        if (sp > maxStack) throw limitExceeded("maxStack", sp, maxStack)
        const op = bytes[pos++]!
        switch (op) {
          case Op.SHORT_BINUNICODE: {
            if (pos >= end) throw new Truncated(pos + 1)
            const from = pos + 1
            pos = from + bytes[pos]!
            if (pos > end) throw new Truncated(pos)
            stack[sp++] = utf8(bytes, from, pos)
            break
          }
          case Op.MEMOIZE:
            if (sp === floor) throw underflow()
            if (this.sparse === undefined && globals.owned === undefined && memo.length < maxMemo)
              memo.push(stack[sp - 1])
            else
              this.put(
                this.sparse === undefined ? this.memo.length : this.memo.length + this.sparse.size,
                stack[sp - 1]
              )
            break
          case Op.BINGET: {
            if (pos >= end) throw new Truncated(pos + 1)
            const index = bytes[pos++]!
            const value = index < memo.length ? memo[index] : this.get(index)
            if (typeof value === "object" && isContainer(value)) nesting.shared = true
            stack[sp++] = value
            break
          }
          case Op.LONG_BINGET: {
            if (pos + 4 > end) throw new Truncated(pos + 4)
            const index = view.getUint32(pos, true)
            pos += 4
            const value = this.get(index)
            if (typeof value === "object" && isContainer(value)) nesting.shared = true
            stack[sp++] = value
            break
          }
          case Op.BINPUT:
            if (pos >= end) throw new Truncated(pos + 1)
            if (sp === floor) throw underflow()
            this.put(bytes[pos++]!, stack[sp - 1])
            break
          case Op.LONG_BINPUT:
            if (pos + 4 > end) throw new Truncated(pos + 4)
            if (sp === floor) throw underflow()
            this.put(view.getUint32(pos, true), stack[sp - 1])
            pos += 4
            break
          case Op.BINFLOAT:
            if (pos + 8 > end) throw new Truncated(pos + 8)
            stack[sp++] = view.getFloat64(pos)
            pos += 8
            break
          case Op.BININT1:
            if (pos >= end) throw new Truncated(pos + 1)
            stack[sp++] = lossless ? smallInts[bytes[pos]!] : bytes[pos]
            pos++
            break
          case Op.BININT2: {
            if (pos + 2 > end) throw new Truncated(pos + 2)
            const value = view.getUint16(pos, true)
            stack[sp++] = lossless ? BigInt(value) : value
            pos += 2
            break
          }
          case Op.BININT: {
            if (pos + 4 > end) throw new Truncated(pos + 4)
            const value = view.getInt32(pos, true)
            stack[sp++] = lossless ? BigInt(value) : value
            pos += 4
            break
          }
          case Op.LONG1: {
            if (pos >= end) throw new Truncated(pos + 1)
            const from = pos + 1
            pos = from + bytes[pos]!
            if (pos > end) throw new Truncated(pos)
            stack[sp++] = this.long(from, pos)
            break
          }
          case Op.NONE:
            stack[sp++] = null
            break
          case Op.NEWTRUE:
            stack[sp++] = true
            break
          case Op.NEWFALSE:
            stack[sp++] = false
            break
          case Op.EMPTY_DICT:
            nesting.open(sp, 0)
            stack[sp++] = lossless ? new PyDict(undefined, space) : maps ? new Map() : {}
            break
          case Op.EMPTY_LIST:
            nesting.open(sp, 0)
            // Room for four, where a literal's first growth makes room for 17: most lists are short, and all of them are moved twice.
            stack[sp++] = new Array<unknown>()
            break
          case Op.MARK:
            if (marks.push(sp) > maxStack) throw limitExceeded("maxStack", marks.length, maxStack)
            floor = sp
            break
          case Op.SETITEMS: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            if (from <= floor) throw underflow()
            if (((sp - from) & 1) === 1) throw malformed("a key has no value")
            stack[from - 1] = this.setItems(stack[from - 1], stack, from, sp)
            nesting.close(from - 1)
            sp = from
            break
          }
          case Op.SETITEM:
            if (sp - 3 < floor) throw underflow()
            stack[sp - 3] = this.setItems(stack[sp - 3], stack, sp - 2, sp)
            sp -= 2
            nesting.close(sp - 1)
            break
          case Op.APPENDS: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            if (from <= floor) throw underflow()
            const target = stack[from - 1]
            if (Array.isArray(target) && globals.owned === undefined) {
              for (let i = from; i < sp; i++) target.push(stack[i])
            } else stack[from - 1] = this.append(target, stack.slice(from, sp))
            nesting.close(from - 1)
            sp = from
            break
          }
          case Op.APPEND:
            if (sp - 2 < floor) throw underflow()
            stack[sp - 2] = this.append(stack[sp - 2], [stack[sp - 1]])
            sp--
            nesting.close(sp - 1)
            break
          case Op.TUPLE1:
            if (sp - 1 < floor) throw underflow()
            stack[sp - 1] = this.tuple([stack[sp - 1]])
            nesting.open(sp - 1, nesting.take(sp - 1))
            break
          case Op.TUPLE2:
            if (sp - 2 < floor) throw underflow()
            sp--
            stack[sp - 1] = this.tuple([stack[sp - 1], stack[sp]])
            nesting.open(sp - 1, nesting.take(sp - 1))
            break
          case Op.TUPLE3:
            if (sp - 3 < floor) throw underflow()
            sp -= 2
            stack[sp - 1] = this.tuple([stack[sp - 1], stack[sp], stack[sp + 1]])
            nesting.open(sp - 1, nesting.take(sp - 1))
            break
          case Op.EMPTY_TUPLE:
            stack[sp++] = this.tuple([])
            break
          case Op.TUPLE:
          case Op.LIST:
          case Op.DICT:
          case Op.FROZENSET:
          case Op.POP_MARK: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            const size = sp - from
            const inside = nesting.take(from)
            sp = from
            if (op !== Op.POP_MARK) nesting.open(sp, inside)
            if (op === Op.TUPLE) stack[sp++] = this.tuple(stack.slice(from, from + size))
            else if (op === Op.LIST) stack[sp++] = stack.slice(from, from + size)
            else if (op === Op.FROZENSET) stack[sp++] = globals.frozenSet(stack.slice(from, from + size))
            else if (op === Op.DICT) {
              if ((size & 1) === 1) throw malformed("a key has no value")
              const dict = lossless ? new PyDict(undefined, space) : maps ? new Map() : {}
              this.setItems(dict, stack, from, from + size)
              stack[sp++] = dict
            }
            break
          }
          case Op.REDUCE:
          case Op.NEWOBJ:
            if (sp - 2 < floor) throw underflow()
            sp--
            stack[sp - 1] = globals.call(stack[sp - 1], stack[sp], op === Op.NEWOBJ)
            nesting.open(sp - 1, nesting.take(sp - 1))
            break
          case Op.NEWOBJ_EX:
            if (sp - 3 < floor) throw underflow()
            sp -= 2
            stack[sp - 1] = globals.call(stack[sp - 1], stack[sp], true, stack[sp + 1])
            nesting.open(sp - 1, nesting.take(sp - 1))
            break
          case Op.OBJ: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            if (sp === from) throw underflow()
            stack[from] = globals.call(stack[from], stack.slice(from + 1, sp), false)
            nesting.open(from, nesting.take(from))
            sp = from + 1
            break
          }
          case Op.INST: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            this.pos = pos
            const callee = globals.find(this.line(), this.line())
            pos = this.pos
            stack[from] = globals.call(callee, stack.slice(from, sp), false)
            nesting.open(from, nesting.take(from))
            sp = from + 1
            break
          }
          case Op.BUILD:
            if (sp - 2 < floor) throw underflow()
            sp--
            stack[sp - 1] = globals.build(stack[sp - 1], stack[sp], this.replace)
            nesting.close(sp - 1)
            break
          case Op.STACK_GLOBAL:
            if (sp - 2 < floor) throw underflow()
            sp--
            stack[sp - 1] = globals.find(stack[sp - 1], stack[sp])
            break
          case Op.EMPTY_SET:
            nesting.open(sp, 0)
            stack[sp++] = globals.set([])
            break
          case Op.ADDITEMS: {
            const from = marks.pop()
            if (from === undefined) throw noMark()
            floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            if (from <= floor) throw underflow()
            this.addItems(stack[from - 1], stack, from, sp)
            nesting.close(from - 1)
            sp = from
            break
          }
          case Op.POP:
            // As in CPython, POP takes a MARK that is on top.
            if (sp === floor) {
              if (marks.pop() === undefined) throw underflow()
              floor = marks.length === 0 ? 0 : marks[marks.length - 1]!
            } else nesting.take(--sp)
            break
          case Op.DUP:
            if (sp === floor) throw underflow()
            stack[sp] = stack[sp - 1]
            if (isContainer(stack[sp++])) nesting.shared = true
            break
          case Op.STOP: {
            if (sp === floor) throw underflow()
            globals.finish()
            const value = stack[sp - 1]
            if (nesting.shared || nesting.take(sp - 1) > limits.maxDepth) checkDepth(value, limits.maxDepth)
            return Result.succeed({ value, end: pos })
          }
          default:
            this.pos = pos
            if (op === Op.GET) nesting.shared = true
            if (this.rare(op, stack, sp, floor)) sp++
            else if (op === Op.BINPERSID || op === Op.READONLY_BUFFER) stack[sp - 1] = this.top
            pos = this.pos
        }
      }
    } catch (fault) {
      if (fault === ambiguous) return ambiguous
      return Result.fail(this.error(fault, at, bytes[at]!))
    }
  }

  /** What `rare` leaves for the top of the stack. */
  private top: unknown = undefined

  /** The other opcodes, out of the hot function: whether they pushed a value. */
  private rare(op: number, stack: Array<unknown>, sp: number, floor: number): boolean {
    switch (op) {
      case Op.BINUNICODE:
      case Op.BINUNICODE8: {
        const from = this.sized(op === Op.BINUNICODE ? 4 : 8)
        stack[sp] = utf8(this.bytes, from, this.pos)
        return true
      }
      case Op.SHORT_BINBYTES:
      case Op.BINBYTES:
      case Op.BINBYTES8: {
        const from = this.sized(op === Op.SHORT_BINBYTES ? 1 : op === Op.BINBYTES ? 4 : 8)
        stack[sp] = this.bytes.subarray(from, this.pos)
        return true
      }
      case Op.BYTEARRAY8: {
        const from = this.sized(8)
        stack[sp] = this.globals.byteArray(this.bytes.subarray(from, this.pos))
        return true
      }
      case Op.SHORT_BINSTRING:
      case Op.BINSTRING: {
        const from = this.sized(op === Op.BINSTRING ? 4 : 1, op === Op.BINSTRING)
        stack[sp] = string2(this.bytes.subarray(from, this.pos), this.settings.strings)
        return true
      }
      case Op.LONG4: {
        const from = this.sized(4, true)
        stack[sp] = this.long(from, this.pos)
        return true
      }
      case Op.INT: {
        const line = this.line()
        const value = line === "00" ? 0n : line === "01" ? 1n : integer(line, this.settings.limits.maxIntDigits)
        // To CPython, 0 and 1 after one character are bools, whichever that is.
        stack[sp] = /^.[01]$/.test(line) && (value === 0n || value === 1n) ? value === 1n : this.int(value)
        return true
      }
      case Op.LONG:
        stack[sp] = this.int(integer(this.line().replace(/L$/, ""), this.settings.limits.maxIntDigits))
        return true
      case Op.FLOAT:
        stack[sp] = float(this.line())
        return true
      case Op.STRING:
        stack[sp] = string2(literal(this.rawLine()), this.settings.strings)
        return true
      case Op.UNICODE:
        stack[sp] = unicode(this.rawLine())
        return true
      case Op.GLOBAL:
        stack[sp] = this.globals.find(this.line(), this.line())
        return true
      case Op.GET:
        stack[sp] = this.get(this.index())
        return true
      case Op.PUT:
        if (sp === floor) throw underflow()
        this.put(this.index(), stack[sp - 1])
        return false
      case Op.PERSID:
        stack[sp] = this.persistent(this.line())
        return true
      case Op.BINPERSID:
        if (sp === floor) throw underflow()
        this.top = this.persistent(stack[sp - 1])
        return false
      case Op.PROTO: {
        const version = this.unsigned(1)
        if (version > 5)
          throw new Fault({ _tag: "UnsupportedVersion", what: "pickle protocol", version: String(version) })
        return false
      }
      case Op.FRAME: {
        const length = this.unsigned(8)
        if (length > this.end - this.pos) throw new Truncated(this.pos + length)
        return false
      }
      case Op.EXT1:
      case Op.EXT2:
      case Op.EXT4: {
        const code = op === Op.EXT1 ? this.unsigned(1) : op === Op.EXT2 ? this.unsigned(2) : this.unsigned(4)
        const global = this.settings.extensions.get(code)
        if (global === undefined) throw malformed(`extension code ${code} is not given in the option extensions`)
        stack[sp] = this.globals.find(...global)
        return true
      }
      case Op.NEXT_BUFFER: {
        const buffer = this.settings.buffers[this.buffers++]
        if (buffer === undefined) throw malformed(`buffer ${this.buffers - 1} is not given in the option buffers`)
        stack[sp] = buffer
        return true
      }
      case Op.READONLY_BUFFER: {
        if (sp === floor) throw underflow()
        const buffer = stack[sp - 1]
        if (!(buffer instanceof Uint8Array) && !(buffer instanceof PyByteArray))
          throw malformed("this value is no buffer")
        this.top = buffer instanceof PyByteArray ? buffer.bytes : buffer
        return false
      }
      default:
        throw malformed("no such opcode")
    }
  }

  private int(value: bigint): number | bigint {
    return !this.settings.lossless && value >= -0x1f_ffff_ffff_ffffn && value <= 0x1f_ffff_ffff_ffffn
      ? Number(value)
      : value
  }

  /** Two's complement, little endian. */
  private long(from: number, to: number): number | bigint {
    const { bytes, settings } = this
    const size = to - from
    if (size === 0) return this.int(0n)
    if (size <= 8) {
      // The last byte carries the sign; 2^53 and more would be rounded.
      const from4 = size > 4 ? from + 4 : from
      let value = (bytes[to - 1]! << 24) >> 24
      for (let at = to - 2; at >= from4; at--) value = value * 256 + bytes[at]!
      if (size > 4) value = value * 0x1_0000_0000 + this.view.getUint32(from, true)
      if (Number.isSafeInteger(value)) return settings.lossless ? BigInt(value) : value
      if (size === 8) return this.view.getBigInt64(from, true)
    }
    const maximum = settings.limits.maxBigIntBytes
    if (size > maximum) throw limitExceeded("maxBigIntBytes", size, maximum)
    let hex = "0x"
    for (let i = to - 1; i >= from; i--) hex += bytes[i]!.toString(16).padStart(2, "0")
    return this.int(BigInt.asIntN(size * 8, BigInt(hex)))
  }

  private tuple(items: ReadonlyArray<unknown>): unknown {
    if (this.settings.lossless) return new PyTuple(items)
    this.hashable?.add(items)
    return items
  }

  private put(index: number, value: unknown): void {
    const { memo } = this
    if (this.globals.owned !== undefined) this.globals.owned.get(value)?.memo.push(index)
    if (index < memo.length) memo[index] = value
    else if (index === memo.length && this.sparse === undefined) memo.push(value)
    else (this.sparse ??= new Map()).set(index, value)
    const size = memo.length + (this.sparse?.size ?? 0)
    if (size > this.settings.limits.maxMemo) throw limitExceeded("maxMemo", size, this.settings.limits.maxMemo)
  }

  private get(index: number): unknown {
    const value = index < this.memo.length ? this.memo[index] : this.sparse?.get(index)
    if (value === undefined) throw malformed(`the memo has nothing at ${index}`)
    return value
  }

  private persistent(id: unknown): unknown {
    const load = this.settings.persistentLoad
    if (load === undefined) throw malformed("a persistent id wants the option persistentLoad")
    const loaded = load(id)
    if (Result.isFailure(loaded)) throw malformed(`persistentLoad: ${loaded.failure}`)
    return loaded.success
  }

  private append(target: unknown, items: ReadonlyArray<unknown>): unknown {
    if (!Array.isArray(target) || this.globals.owned?.has(target))
      return this.globals.append(target, items, this.replace)
    for (const item of items) target.push(item)
    return target
  }

  /** Puts the pairs `stack[from..to)` into a dict, whichever stands for one. */
  private setItems(target: unknown, stack: ReadonlyArray<unknown>, from: number, to: number): unknown {
    if (target instanceof PyDict) {
      target[fill](stack, from, to, this.shapes)
      return target
    }
    if (typeof target === "object" && target !== null && !this.globals.owned?.has(target)) {
      if (Object.getPrototypeOf(target) === Object.prototype) {
        for (let i = from; i < to; i += 2) recordSet(target as Record<string, unknown>, stack[i], stack[i + 1])
        return target
      }
      if (target instanceof Map) {
        for (let i = from; i < to; i += 2) mapSet(target, stack[i], stack[i + 1], this.space)
        return target
      }
    }
    return this.globals.setItems(target, stack.slice(from, to), this.replace)
  }

  private addItems(target: unknown, stack: ReadonlyArray<unknown>, from: number, to: number): void {
    const { globals, space } = this
    if (target instanceof PySet && !(target instanceof PyFrozenSet)) {
      for (let i = from; i < to; i++) target[append](stack[i])
    } else if (target instanceof Set && !globals.frozen.has(target)) {
      for (let i = from; i < to; i++) setAdd(target, stack[i], space)
    } else throw malformed("items are added to a set")
  }

  private error(fault: unknown, at: number, op: number): NcoError {
    if (fault instanceof Truncated) {
      return make({ _tag: "PickleTruncated", needed: fault.to - at, available: this.end - at }, at)
    }
    if (!(fault instanceof Fault)) throw fault
    const reason: Reason =
      fault.reason._tag === "PickleMalformed" ? { ...fault.reason, opcode: nameOf(op) } : fault.reason
    return make(reason, at)
  }
}
