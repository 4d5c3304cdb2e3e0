import * as Result from "effect/Result"
import { make, type NcoError } from "../../NcoError.ts"
import { PyByteArray } from "../py/collections.ts"
import { Fault, malformed } from "../py/protocol.ts"
import { nameOf, Op, opcodes } from "./opcode.ts"
import { decimal, float, integer, latin1, literal, unicode, utf8 } from "./text.ts"
import { Truncated, Window } from "./window.ts"

/** See `Pickle.Instruction`. */
interface Instruction {
  readonly position: number
  readonly code: number
  readonly name: string
  readonly argument: unknown
}

class Reader extends Window {
  private at = 0

  run(): Result.Result<ReadonlyArray<Instruction>, NcoError> {
    const out: Array<Instruction> = []
    try {
      for (;;) {
        this.at = this.pos
        const code = this.unsigned(1)
        const opcode = opcodes[code]
        if (opcode === undefined) throw malformed("no such opcode")
        out.push({ position: this.at, code, name: opcode.name, argument: this.argument(opcode.argument, code) })
        if (code === Op.STOP) return Result.succeed(out)
      }
    } catch (fault) {
      if (fault instanceof Truncated) {
        const reason = { _tag: "PickleTruncated", needed: fault.to - this.at, available: this.end - this.at } as const
        return Result.fail(make(reason, this.at))
      }
      const reason = (fault as Fault).reason
      const opcode = nameOf(this.bytes[this.at]!)
      return Result.fail(make(reason._tag === "PickleMalformed" ? { ...reason, opcode } : reason, this.at))
    }
  }

  private argument(kind: string, code: number): unknown {
    switch (kind) {
      case "-":
        return undefined
      case "u1":
      case "u2":
      case "u4":
      case "u8":
        return this.unsigned(Number(kind[1]))
      case "i4":
        return this.unsigned(4) | 0
      case "f8":
        this.unsigned(8)
        return new Float(this.view.getFloat64(this.pos - 8))
      case "t1":
      case "t4":
      case "t8":
        return utf8(this.bytes, this.sized(Number(kind[1])), this.pos)
      case "n1":
      case "n4":
      case "n8": {
        const bytes = this.bytes.subarray(this.sized(Number(kind[1])), this.pos)
        return code === Op.BYTEARRAY8 ? new PyByteArray(bytes) : bytes
      }
      case "s1":
      case "s4":
        return latin1(this.bytes, this.sized(Number(kind[1]), true), this.pos)
      case "l1":
      case "l4":
        return this.long(this.sized(Number(kind[1]), true))
      case "line":
        return this.line()
      case "g":
        return `${this.line()} ${this.line()}`
      case "int": {
        const line = this.line()
        return line === "00" ? false : line === "01" ? true : integer(line, 4300, decimal)
      }
      case "long":
        return integer(this.line().replace(/L$/, ""), 4300, decimal)
      case "float":
        return new Float(float(this.line()))
      case "string": {
        const bytes = literal(this.rawLine())
        return latin1(bytes, 0, bytes.length)
      }
      case "unicode":
        return unicode(this.rawLine())
      default:
        return this.index()
    }
  }

  private long(from: number): bigint {
    let value = 0n
    // Only to be shown: what is longer than a line is not worth the time that reading it takes.
    if (this.pos - from > 65_536) throw malformed("an int of more than 65536 bytes")
    if (this.pos === from) return value
    value = BigInt(`0x${[...this.bytes.subarray(from, this.pos)].reverse().map(hex2).join("")}`)
    return BigInt.asIntN((this.pos - from) * 8, value)
  }
}

/** A number that Python shows as a float. */
class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

const hex2 = (byte: number): string => byte.toString(16).padStart(2, "0")

/** The instructions of the first pickle in `[start, end)`. */
export const instructions = (
  bytes: Uint8Array,
  start: number,
  end: number
): Result.Result<ReadonlyArray<Instruction>, NcoError> =>
  Result.map(new Reader(bytes, start, end).run(), (all) =>
    all.map((one) => (one.argument instanceof Float ? { ...one, argument: one.argument.value, float: true } : one))
  )

const takesMark = new Set("LIST TUPLE DICT APPENDS SETITEMS ADDITEMS FROZENSET POP_MARK INST OBJ".split(" "))
/** By how much a stack of values grows, where it is not by one for what has an argument and not at all otherwise. */
const growth: Readonly<Record<string, number>> = {
  NONE: 1,
  NEWTRUE: 1,
  NEWFALSE: 1,
  EMPTY_LIST: 1,
  EMPTY_TUPLE: 1,
  EMPTY_DICT: 1,
  EMPTY_SET: 1,
  NEXT_BUFFER: 1,
  DUP: 1,
  APPEND: -1,
  SETITEM: -2,
  REDUCE: -1,
  NEWOBJ: -1,
  NEWOBJ_EX: -2,
  BUILD: -1,
  STACK_GLOBAL: -1,
  TUPLE2: -1,
  TUPLE3: -2,
  POP: -1,
  STOP: -1,
  PROTO: 0,
  FRAME: 0,
  PUT: 0,
  BINPUT: 0,
  LONG_BINPUT: 0
}
/** What of a MARK and the values above it is left. */
const left: Readonly<Record<string, number>> = { APPENDS: 0, SETITEMS: 0, ADDITEMS: 0, POP_MARK: 0 }
const protocol1 = new Set(
  "BININT BININT1 BININT2 BINSTRING SHORT_BINSTRING BINUNICODE BINFLOAT EMPTY_LIST APPENDS EMPTY_TUPLE EMPTY_DICT SETITEMS POP_MARK BINGET LONG_BINGET BINPUT LONG_BINPUT OBJ BINPERSID".split(
    " "
  )
)

const protocolOf = ({ code, name }: Instruction): number => {
  if (code >= Op.BYTEARRAY8) return 5
  if (code >= Op.SHORT_BINUNICODE) return 4
  if (code >= Op.PROTO) return 2
  return name.endsWith("BINBYTES") ? 3 : protocol1.has(name) ? 1 : 0
}

/** A listing of instructions. */
export const format = (all: ReadonlyArray<Instruction>): string => {
  const lines: Array<string> = []
  const marks: Array<{ readonly position: number; readonly height: number }> = []
  const memo = new Set<unknown>()
  let height = 0
  let highest = 0
  for (const one of all) {
    const { argument, code, name, position } = one
    highest = Math.max(highest, protocolOf(one))
    let note = ""
    const shown = `${String(position).padStart(5)}: ${shownByte(code).padEnd(4)} ${"    ".repeat(marks.length)}${name}`
    const onMark = marks.length > 0 && marks.at(-1)!.height === height
    if (takesMark.has(name) || (name === "POP" && onMark)) {
      const mark = marks.pop()
      note = mark === undefined ? "no MARK exists on stack" : `(MARK at ${mark.position})`
      height = (mark?.height ?? height) + (name === "POP" ? 0 : (left[name] ?? 1))
    } else {
      if (name === "MARK") marks.push({ position, height })
      height = Math.max(0, height + (growth[name] ?? (argument === undefined ? 0 : 1)))
    }
    if (name === "MEMOIZE") {
      note = `(as ${memo.size})`
      memo.add(memo.size)
    } else if (name.endsWith("PUT")) memo.add(argument)
    const rest = [argument === undefined ? "" : ` ${repr(one)}`, note === "" ? "" : ` ${note}`].join("")
    lines.push(rest === "" ? shown : shown + " ".repeat(Math.max(0, 10 - name.length)) + rest)
  }
  return [...lines, `highest protocol among opcodes = ${highest}`, ""].join("\n")
}

/** A byte as Python shows a character. */
const shownByte = (code: number): string => (code < 128 ? String.fromCharCode(code) : `\\x${hex2(code)}`)

/** An argument as Python's `repr` shows it. */
const repr = (one: Instruction & { readonly float?: true }): string => {
  const { argument } = one
  if (typeof argument === "string") return quoted(argument, unprintable)
  if (argument instanceof Uint8Array) return `b${quoted(latin1(argument, 0, argument.length), notAscii)}`
  if (argument instanceof PyByteArray) {
    // Python escapes its single quotes even where they need it not.
    return `bytearray(b${quoted(latin1(argument.bytes, 0, argument.bytes.length), notAscii, true)})`
  }
  if (typeof argument === "boolean") return argument ? "True" : "False"
  return one.float === true ? reprFloat(argument as number) : String(argument)
}

const unprintable = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu
// oxlint-disable-next-line no-control-regex -- the bytes that Python escapes
const notAscii = /[\\\x00-\x1f\x7f-\xff]/gu
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const quoted = (text: string, escaped: RegExp, single = false): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replaceAll(escaped, (character) => {
    const known = escapes[character]
    if (known !== undefined) return known
    const code = character.codePointAt(0)!
    if (code < 0x100) return `\\x${hex2(code)}`
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`
  })
  return quote + (single || quote === "'" ? body.replaceAll("'", "\\'") : body) + quote
}

const reprFloat = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"
  const [mantissa = "", exponent = ""] = value.toExponential().split("e")
  const power = Number(exponent)
  if (value !== 0 && (power < -4 || power >= 16)) {
    return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`
  }
  const text = Object.is(value, -0) ? "-0" : plain(mantissa, power)
  return text.includes(".") ? text : `${text}.0`
}

/** Digits without an exponent; JavaScript writes one where Python does not. */
const plain = (mantissa: string, power: number): string => {
  const sign = mantissa.startsWith("-") ? "-" : ""
  const digits = mantissa.replace(/[-.]/g, "")
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`
  const whole = digits.slice(0, power + 1).padEnd(power + 1, "0")
  const fraction = digits.slice(power + 1)
  return sign + whole + (fraction === "" ? "" : `.${fraction}`)
}
