import type { Node } from "../Layout.ts"

/** The nodes right below a node. */
export const children = (node: Node): ReadonlyArray<Node> => {
  switch (node._tag) {
    case "Struct":
      return node.fields.map((field) => field.node)
    case "Tagged":
      return node.cases.map((each) => each.node)
    case "Suspend":
      return [node.of()]
    case "Array":
    case "Optional":
    case "Pointer":
    case "Window":
    case "Transform":
    case "Endianness":
      return [node.of]
    default:
      return []
  }
}
