import type * as Layout from "../Layout.ts"
import type { Kind } from "./Kind.ts"

/** How a number is read and passed over that the struct fills in when what it is derived from stands. */
export const filledLater: Pick<Kind<Layout.Computed | Layout.Checksum>, "emitRead" | "emitWrite" | "read" | "write"> = {
  emitRead: (node, g, rest, site) => g.read(node.of, rest, site),
  emitWrite(node, g) {
    g.source.displacement += node.of.bits / 8
  },
  read: (node, c, rest, place) => c.whole(node.of, rest, place),
  write(node) {
    const size = node.of.bits / 8
    return (s) => {
      s.p += size
      return true
    }
  }
}
