/**
 * The 68 opcodes, by byte: name as in `pickletools`, and what follows in the stream.
 *
 * `u1 u2 i4 u4 u8` are little-endian integers, `f8` a big-endian double; `line` ends at a newline; `n1 n4 n8` are bytes after a
 * length of that size, `t1 t4 t8` UTF-8 after one, `s1 s4` Python 2's bytes, `l1 l4` two's complement; `g` is two lines.
 */
const table = `
28 MARK -|2e STOP -|30 POP -|31 POP_MARK -|32 DUP -|46 FLOAT float|49 INT int|4a BININT i4|4b BININT1 u1|4c LONG long|
4d BININT2 u2|4e NONE -|50 PERSID line|51 BINPERSID -|52 REDUCE -|53 STRING string|54 BINSTRING s4|55 SHORT_BINSTRING s1|
56 UNICODE unicode|58 BINUNICODE t4|61 APPEND -|62 BUILD -|63 GLOBAL g|64 DICT -|7d EMPTY_DICT -|65 APPENDS -|67 GET index|
68 BINGET u1|69 INST g|6a LONG_BINGET u4|6c LIST -|5d EMPTY_LIST -|6f OBJ -|70 PUT index|71 BINPUT u1|72 LONG_BINPUT u4|
73 SETITEM -|74 TUPLE -|29 EMPTY_TUPLE -|75 SETITEMS -|47 BINFLOAT f8|80 PROTO u1|81 NEWOBJ -|82 EXT1 u1|83 EXT2 u2|84 EXT4 i4|
85 TUPLE1 -|86 TUPLE2 -|87 TUPLE3 -|88 NEWTRUE -|89 NEWFALSE -|8a LONG1 l1|8b LONG4 l4|42 BINBYTES n4|43 SHORT_BINBYTES n1|
8c SHORT_BINUNICODE t1|8d BINUNICODE8 t8|8e BINBYTES8 n8|8f EMPTY_SET -|90 ADDITEMS -|91 FROZENSET -|92 NEWOBJ_EX -|
93 STACK_GLOBAL -|94 MEMOIZE -|95 FRAME u8|96 BYTEARRAY8 n8|97 NEXT_BUFFER -|98 READONLY_BUFFER -`

export interface Opcode {
  readonly code: number
  readonly name: string
  readonly argument: string
}

/** The opcodes, by byte. */
export const opcodes: ReadonlyArray<Opcode | undefined> = table
  .replaceAll("\n", "")
  .split("|")
  .reduce<Array<Opcode | undefined>>(
    (all, row) => {
      const [code, name, argument] = row.split(" ")
      all[parseInt(code!, 16)] = { code: parseInt(code!, 16), name: name!, argument: argument! }
      return all
    },
    Array.from({ length: 256 })
  )

/** The name of an opcode, or its byte where it is none. */
export const nameOf = (code: number): string => opcodes[code]?.name ?? `0x${code.toString(16).padStart(2, "0")}`

/** The byte of each opcode. */
export const Op = {
  MARK: 0x28,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  FLOAT: 0x46,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  EMPTY_DICT: 0x7d,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  EMPTY_LIST: 0x5d,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  EMPTY_TUPLE: 0x29,
  SETITEMS: 0x75,
  BINFLOAT: 0x47,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98
} as const
