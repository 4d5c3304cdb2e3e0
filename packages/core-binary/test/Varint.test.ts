import { Binary } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

// Values of protobuf's encoding guide, DWARF 5 figures 22 and 23, and the WebAssembly specification 5.2.2.
layoutTest("leb128, 32 bits", Binary.Varint(), {
  both: [
    [0, "00"],
    [1, "01"],
    [2, "02"],
    [127, "7f"],
    [128, "8001"],
    [129, "8101"],
    [150, "9601"],
    [300, "ac02"],
    [12857, "b964"],
    [624485, "e58e26"],
    [2 ** 21 - 1, "ffff7f"],
    [2 ** 28 - 1, "ffffff7f"],
    [2 ** 28, "8080808001"],
    [2 ** 31 - 1, "ffffffff07"],
    [2 ** 31, "8080808008"],
    [2 ** 32 - 1, "ffffffff0f"]
  ],
  reads: [
    ["8000", 0],
    ["ff00", 127],
    ["8080808000", 0]
  ],
  bytes: [
    ["80", "UnexpectedEnd", 0, ""],
    ["", "UnexpectedEnd", 0, ""],
    ["ffffffff10", "InvalidVarint", 0, ""],
    ["ffffffff7f", "InvalidVarint", 0, ""],
    ["808080808000", "InvalidVarint", 0, "", "leb128 of at most 32 bits"],
    ["0000", "TrailingBytes", 1, ""]
  ],
  values: [
    [-1, "OutOfRange", 0, ""],
    [-0, "OutOfRange", 0, ""],
    [2 ** 32, "OutOfRange", 0, ""],
    [1.5, "OutOfRange", 0, ""],
    [1n, "InvalidType", 0, ""],
    ["1", "InvalidType", 0, ""]
  ]
})

layoutTest("leb128, canonical", Binary.Varint({ canonical: true }), {
  both: [
    [0, "00"],
    [128, "8001"]
  ],
  bytes: [
    ["8000", "InvalidVarint", 0, ""],
    ["ff00", "InvalidVarint", 0, ""]
  ]
})

layoutTest("leb128, 64 bits", Binary.Varint({ bits: 64 }), {
  both: [
    [2 ** 32, "8080808010"],
    [Number.MAX_SAFE_INTEGER, "ffffffffffffff0f"]
  ],
  bytes: [
    ["8080808080808010", "OutOfRange", 0, ""],
    ["ffffffffffffffffff01", "OutOfRange", 0, ""],
    ["ffffffffffffffffff02", "InvalidVarint", 0, ""],
    ["80808080808080808080", "InvalidVarint", 0, ""]
  ],
  values: [[2 ** 53, "OutOfRange", 0, ""]]
})

layoutTest("leb128, 64 bits, bigint", Binary.Varint({ bits: 64, type: "bigint" }), {
  both: [
    [0n, "00"],
    [2n ** 63n, "80808080808080808001"],
    [2n ** 64n - 1n, "ffffffffffffffffff01"],
    [2n ** 64n - 2n, "feffffffffffffffff01"]
  ],
  bytes: [["ffffffffffffffffff03", "InvalidVarint", 0, ""]],
  values: [
    [2n ** 64n, "OutOfRange", 0, ""],
    [-1n, "OutOfRange", 0, ""],
    [1, "InvalidType", 0, ""]
  ]
})

layoutTest("sleb128, 32 bits", Binary.Varint({ encoding: "sleb128" }), {
  both: [
    [2, "02"],
    [-2, "7e"],
    [63, "3f"],
    [-64, "40"],
    [64, "c000"],
    [-65, "bf7f"],
    [127, "ff00"],
    [-127, "817f"],
    [128, "8001"],
    [-128, "807f"],
    [129, "8101"],
    [-129, "ff7e"],
    [-123456, "c0bb78"],
    [2 ** 31 - 1, "ffffffff07"],
    [-(2 ** 31), "8080808078"]
  ],
  reads: [
    ["fe7f", -2],
    ["8200", 2],
    ["feffffff7f", -2]
  ],
  bytes: [
    ["8080808070", "InvalidVarint", 0, ""],
    ["8080808008", "InvalidVarint", 0, ""]
  ],
  values: [
    [2 ** 31, "OutOfRange", 0, ""],
    [-(2 ** 31) - 1, "OutOfRange", 0, ""]
  ]
})

layoutTest("sleb128, canonical", Binary.Varint({ encoding: "sleb128", canonical: true }), {
  both: [
    [-65, "bf7f"],
    [64, "c000"]
  ],
  bytes: [
    ["fe7f", "InvalidVarint", 0, ""],
    ["8200", "InvalidVarint", 0, ""]
  ]
})

layoutTest("sleb128, 64 bits", Binary.Varint({ encoding: "sleb128", bits: 64 }), {
  both: [
    [2 ** 40, "808080808020"],
    [-(2 ** 40), "808080808060"],
    [Number.MIN_SAFE_INTEGER, "8180808080808070"]
  ]
})

layoutTest("sleb128, 64 bits, bigint", Binary.Varint({ encoding: "sleb128", bits: 64, type: "bigint" }), {
  both: [
    [2n ** 63n - 1n, "ffffffffffffffffff00"],
    [-(2n ** 63n), "8080808080808080807f"],
    [-1n, "7f"]
  ],
  bytes: [["80808080808080808001", "InvalidVarint", 0, ""]],
  values: [[2n ** 63n, "OutOfRange", 0, ""]]
})

layoutTest("zigzag, 32 bits", Binary.Varint({ encoding: "zigzag" }), {
  both: [
    [0, "00"],
    [-1, "01"],
    [1, "02"],
    [-2, "03"],
    [63, "7e"],
    [-64, "7f"],
    [2 ** 30 - 1, "feffffff07"],
    [2 ** 30, "8080808008"],
    [0x7fffffff, "feffffff0f"],
    [-0x80000000, "ffffffff0f"]
  ],
  reads: [["8100", -1]],
  bytes: [["8080808010", "InvalidVarint", 0, ""]],
  values: [
    [2 ** 31, "OutOfRange", 0, ""],
    [-0, "OutOfRange", 0, ""]
  ]
})

layoutTest(
  "zigzag, 64 bits, bigint, canonical",
  Binary.Varint({ encoding: "zigzag", bits: 64, type: "bigint", canonical: true }),
  {
    both: [
      [2n ** 63n - 1n, "feffffffffffffffff01"],
      [-(2n ** 63n), "ffffffffffffffffff01"]
    ],
    bytes: [["8100", "InvalidVarint", 0, ""]]
  }
)

layoutTest("zigzag, 64 bits", Binary.Varint({ encoding: "zigzag", bits: 64 }), {
  both: [[Number.MIN_SAFE_INTEGER, "fdffffffffffff1f"]]
})

// The vectors of the Standard MIDI File specification.
layoutTest("vlq, 32 bits", Binary.Varint({ encoding: "vlq" }), {
  both: [
    [0, "00"],
    [0x40, "40"],
    [0x7f, "7f"],
    [0x80, "8100"],
    [0x2000, "c000"],
    [0x3fff, "ff7f"],
    [0x4000, "818000"],
    [0x1fffff, "ffff7f"],
    [0x0fffffff, "ffffff7f"],
    [0xffffffff, "8fffffff7f"]
  ],
  reads: [["8001", 1]],
  bytes: [["90ffffff7f", "InvalidVarint", 0, ""]]
})

layoutTest("vlq, canonical, bigint", Binary.Varint({ encoding: "vlq", canonical: true, type: "bigint", bits: 64 }), {
  both: [
    [0n, "00"],
    [2n ** 64n - 1n, "81ffffffffffffffff7f"]
  ],
  bytes: [["8001", "InvalidVarint", 0, ""]]
})

layoutTest(
  "a varint between fields",
  Binary.Struct({ a: Binary.Varint(), b: Binary.Uint8, c: Binary.Varint({ encoding: "zigzag" }), d: Binary.Uint16 }),
  {
    both: [
      [{ a: 1, b: 2, c: 3, d: 4 }, "01 02 06 0004"],
      [{ a: 300, b: 2, c: -300, d: 4 }, "ac02 02 d704 0004"]
    ],
    bytes: [
      ["ac02 02 d704", "UnexpectedEnd", 5, "d"],
      ["01 02 ffff", "UnexpectedEnd", 2, "c"]
    ],
    values: [[{ a: 1, b: 2, c: 2 ** 40, d: 4 }, "OutOfRange", 2, "c"]]
  }
)
