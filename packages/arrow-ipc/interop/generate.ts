/** Random schemas and values of every type, the same for the same seed. */
import { ArrayBuilder, DataType, Schema } from "../src/index.ts"

/** Numbers from 0 to below 1, by a seed (the mulberry32 generator). */
export const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const units = ["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"] as const
const widths = [8, 16, 32, 64] as const
const digits = { 32: 9, 64: 18, 128: 38, 256: 76 } as const

const holdsDictionary = ({ children, dictionary }: Schema.Field): boolean =>
  dictionary !== undefined || children.some(holdsDictionary)

/** Makes fields and values by one generator. */
export class Generator {
  private readonly random: () => number
  private dictionaries = 0n

  constructor(seed: number) {
    this.random = generator(seed)
  }

  integer(below: number): number {
    return Math.floor(this.random() * below)
  }

  pick<A>(choices: ReadonlyArray<A>): A {
    return choices[this.integer(choices.length)]!
  }

  private bits(width: number): bigint {
    let value = 0n
    for (let i = 0; i < width; i += 16) value = (value << 16n) | BigInt(this.integer(65_536))
    return BigInt.asUintN(width, value) >> BigInt(this.integer(width))
  }

  private leaf(): DataType.DataType {
    const bitWidth = this.pick([32, 64, 128, 256] as const)
    return this.pick<() => DataType.DataType>([
      () => DataType.int(this.pick(widths), this.random() < 0.7),
      () => DataType.float(this.pick(["HALF", "SINGLE", "DOUBLE"] as const)),
      () => ({ _tag: "Bool" }),
      () => ({ _tag: this.pick(["Utf8", "LargeUtf8", "Utf8View"] as const) }),
      () => ({ _tag: this.pick(["Binary", "LargeBinary", "BinaryView"] as const) }),
      () => ({ _tag: "FixedSizeBinary", byteWidth: 1 + this.integer(20) }),
      () => DataType.decimal(1 + this.integer(digits[bitWidth]), this.integer(8), bitWidth),
      () => ({ _tag: "Date", unit: this.pick(["DAY", "MILLISECOND"] as const) }),
      () => DataType.time(this.pick(units)),
      () => DataType.timestamp(this.pick(units), this.pick([undefined, "UTC", "Europe/Berlin"])),
      () => ({ _tag: "Duration", unit: this.pick(units) }),
      () => ({ _tag: "Interval", unit: "MONTH_DAY_NANO" }),
      () => ({ _tag: "Null" })
    ])()
  }

  private encoding(): Schema.DictionaryEncoding {
    return {
      id: this.dictionaries++,
      indexType: DataType.int(this.pick([16, 32, 64] as const)),
      isOrdered: this.random() < 0.3
    }
  }

  /** A field, its children nested at most `depth` deep; any but a dictionary may itself be the values of one. */
  field(name: string, depth: number): Schema.Field {
    if (depth === 0 || this.random() < 0.4) return this.leafField(name)
    const field = this.nested(name, depth)
    // pyarrow takes no deltas of dictionaries that hold others.
    const mayEncode = !["Union", "RunEndEncoded"].includes(field.type._tag) && !holdsDictionary(field)
    return mayEncode && this.random() < 0.1 ? { ...field, dictionary: this.encoding() } : field
  }

  private nested(name: string, depth: number): Schema.Field {
    const child = (name: string, nullable = true) => ({
      ...this.field(name, depth - 1),
      ...(nullable ? {} : { nullable })
    })
    return this.pick<() => Schema.Field>([
      () =>
        Schema.field(
          name,
          { _tag: this.pick(["List", "LargeList", "ListView", "LargeListView"] as const) },
          { children: [child("item")] }
        ),
      () => Schema.field(name, { _tag: "FixedSizeList", listSize: this.integer(4) }, { children: [child("item")] }),
      () =>
        Schema.field(
          name,
          { _tag: "Struct" },
          { children: Array.from({ length: 1 + this.integer(3) }, (_, i) => child(`s${i}`)) }
        ),
      () => {
        const dictionary = this.random() < 0.3 ? this.encoding() : undefined
        const key = Schema.field("key", { _tag: "Utf8" }, { nullable: false, dictionary })
        const entries = Schema.field(
          "entries",
          { _tag: "Struct" },
          { nullable: false, children: [key, child("value")] }
        )
        return Schema.field(name, { _tag: "Map", keysSorted: false }, { children: [entries] })
      },
      () => {
        const runEnds = Schema.field("run_ends", DataType.int(this.pick([16, 32, 64] as const)), { nullable: false })
        return Schema.field(name, { _tag: "RunEndEncoded" }, { children: [runEnds, child("values")] })
      },
      () => this.union(name, depth - 1)
    ])()
  }

  union(name: string, depth: number): Schema.Field {
    const children = Array.from({ length: 1 + this.integer(3) }, (_, i) => this.field(`u${i}`, depth))
    const typeIds = children.map((_, i) => i * 5)
    return Schema.field(name, { _tag: "Union", mode: this.pick(["Sparse", "Dense"] as const), typeIds }, { children })
  }

  private leafField(name: string): Schema.Field {
    const type = this.leaf()
    const dictionary = type._tag !== "Null" && this.random() < 0.2 ? this.encoding() : undefined
    const metadata = this.random() < 0.1 ? [{ key: "k\u00fc", value: name }] : []
    return Schema.field(name, type, { dictionary, metadata })
  }

  /** `length` values of a field, a quarter of them null. */
  values(field: Schema.Field, length: number): Array<unknown> {
    const values = Array.from({ length }, () => (this.random() < 0.25 && field.nullable ? null : this.value(field)))
    // Runs and dictionaries are dull without repetition.
    return values
      .map((value) => (this.random() < 0.3 ? values[this.integer(length)] : value))
      .map((value) => value ?? null)
  }

  private value(field: Schema.Field): unknown {
    const { children, type } = field
    switch (type._tag) {
      case "Null":
        return null
      case "Int": {
        const bits = this.bits(type.bitWidth)
        const value = type.isSigned ? BigInt.asIntN(type.bitWidth, bits) : bits
        return type.bitWidth === 64 ? value : Number(value)
      }
      case "FloatingPoint": {
        const value = this.pick([this.random() * 1e6, -0, Number.NaN, Infinity, 1.5, 2 ** -14])
        return type.precision === "DOUBLE"
          ? value
          : type.precision === "SINGLE"
            ? Math.fround(value)
            : Math.f16round(value)
      }
      case "Bool":
        return this.random() < 0.5
      case "Utf8":
      case "LargeUtf8":
      case "Utf8View":
        return this.pick([
          "",
          "a",
          "gr\u00fcn",
          "twelve bytes",
          "more than twelve bytes",
          "\u{1f600}".repeat(this.integer(9))
        ])
      case "Binary":
      case "LargeBinary":
      case "BinaryView":
        return Uint8Array.from({ length: this.integer(20) }, () => this.integer(256))
      case "FixedSizeBinary":
        return Uint8Array.from({ length: type.byteWidth }, () => this.integer(256))
      case "Decimal":
        return (this.bits(type.bitWidth) % 10n ** BigInt(type.precision)) * (this.random() < 0.5 ? 1n : -1n)
      case "Date":
        return type.unit === "DAY" ? this.integer(50_000) - 25_000 : BigInt(this.integer(50_000) - 25_000) * 86_400_000n
      case "Time": {
        const value = this.integer(86_400)
        return type.bitWidth === 32 ? value : BigInt(value) * 1_000_000n
      }
      case "Timestamp":
      case "Duration":
        return BigInt.asIntN(64, this.bits(64))
      case "Interval":
        return { months: this.integer(99) - 50, days: this.integer(99), nanoseconds: BigInt.asIntN(64, this.bits(64)) }
      case "Struct":
        return children.map((child) => this.values(child, 1)[0])
      case "Map":
        return Array.from({ length: this.integer(3) }, (_, i) => [
          `key ${i}`,
          this.values(children[0]!.children[1]!, 1)[0]
        ])
      case "Union": {
        const child = this.integer(children.length)
        return ArrayBuilder.union(child, this.values(children[child]!, 1)[0])
      }
      case "RunEndEncoded":
        return this.values(children[1]!, 1)[0]
      case "FixedSizeList":
        return this.values(children[0]!, type.listSize)
      default:
        return this.values(children[0]!, this.integer(4))
    }
  }
}
