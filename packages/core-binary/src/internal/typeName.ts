import type { Expr } from "../Expr.ts"
import type { Endian, Length, Node } from "../Layout.ts"

const endianSuffix = (endian: Endian): string => (endian === "inherit" ? "" : endian === "big" ? "be" : "le")

/** An expression as text, with the operators of most languages. */
export const exprText = (expr: Expr): string => {
  switch (expr._tag) {
    case "Literal":
      return String(expr.value)
    case "Field":
      return expr.path.join(".")
    case "Operation":
      return `(${exprText(expr.left)} ${expr.operator} ${exprText(expr.right)})`
    case "Remaining":
      return "remaining"
    default:
      return `${expr._tag.charAt(0).toLowerCase()}${expr._tag.slice(1)}(${expr.field})`
  }
}

const lengthText = (length: Length): string => {
  switch (length._tag) {
    case "Fixed":
      return String(length.value)
    case "Prefixed":
      return typeName(length.prefix)
    case "Computed":
      return exprText(length.expr)
    case "Terminated":
      return `until ${length.terminator.map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}`
    case "Rest":
      return ".."
  }
}

/** The type of a node as a short text: `int32`, `uint16le`, `bytes[int32]`, `array[int16] of int16`. */
export const typeName = (node: Node): string => {
  switch (node._tag) {
    case "Int":
      return `${node.signed ? "" : "u"}int${node.bits}${endianSuffix(node.endian)}`
    case "Float":
      return `float${node.bits}${endianSuffix(node.endian)}`
    case "Varint":
      return node.encoding
    case "Bytes":
      return `bytes[${lengthText(node.length)}]`
    case "Text":
      return `${node.encoding}[${lengthText(node.length)}]`
    case "Array":
      return `array[${lengthText(node.length)}] of ${typeName(node.of)}`
    case "Enum":
      return `enum ${typeName(node.of)}`
    case "Flags":
      return `flags ${typeName(node.of)}`
    case "Optional":
      return `optional ${typeName(node.of)}`
    case "Const":
      return `const[${node.bytes.length}]`
    case "ConstInt":
      return `const ${typeName(node.of)}`
    case "Padding":
      return node.amount._tag === "Fixed" ? `padding[${node.amount.value}]` : `align ${node.amount.to}`
    case "Computed":
      return `${typeName(node.of)} = ${exprText(node.expr)}`
    case "Checksum":
      return `${node.algorithm.name} ${typeName(node.of)}`
    case "Pointer":
      return `pointer to ${typeName(node.of)}`
    case "Window":
      return `${node.lazy ? "lazy " : ""}window[${lengthText(node.length)}] of ${typeName(node.of)}`
    case "Suspend":
      return node.name
    case "Transform":
    case "Endianness":
      return typeName(node.of)
    case "Struct":
    case "Tagged":
    case "Bits":
      return node._tag.toLowerCase()
  }
}
