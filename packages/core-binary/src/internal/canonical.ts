/** Whether a message has only one encoding: then what was read writes the same bytes again. */
import type { Node } from "../Layout.ts"

/** `one`: a single encoding. `many`: what is read can be written, maybe as other bytes. `none`: it cannot be written. */
export type Canonical = "one" | "many" | "none"

const order: ReadonlyArray<Canonical> = ["one", "many", "none"]

const worst = (found: ReadonlyArray<Canonical>): Canonical =>
  order[Math.max(0, ...found.map((each) => order.indexOf(each)))]!

export const canonical = (root: Node): Canonical => {
  const seen = new Set<Node>()
  const visit = (node: Node): Canonical => {
    switch (node._tag) {
      case "Pointer":
        return "none"
      case "Float":
      case "Transform":
        // A NaN has many, and a schema may turn many values into one.
        return "many"
      case "Varint":
        return node.canonical ? "one" : "many"
      case "Enum":
        return visit(node.of)
      case "Flags":
        // A flag of several bits is set where any of them is.
        return node.names.every(([, mask]) => Number.isInteger(Math.log2(mask))) ? "one" : "many"
      case "Padding":
        return node.verify ? "one" : "many"
      case "Bytes":
      case "Text":
      case "Array":
      case "Window": {
        const prefix = node.length._tag === "Prefixed" ? visit(node.length.prefix) : "one"
        if (node._tag === "Array") return worst([prefix, visit(node.of)])
        // What is skipped is not part of the value.
        if (node._tag === "Window") return worst([prefix, node.rest === "skip" ? "many" : "one", visit(node.of)])
        return prefix
      }
      case "Struct":
        return worst(node.fields.map((field) => visit(field.node)))
      case "Tagged":
        return worst([
          ...node.cases.map((each) => visit(each.node)),
          node.tag._tag === "Before" ? visit(node.tag.of) : "one"
        ])
      case "Optional":
      case "Endianness":
        return visit(node.of)
      case "Suspend": {
        if (seen.has(node)) return "one"
        seen.add(node)
        return visit(node.of())
      }
      default:
        return "one"
    }
  }
  return visit(root)
}
