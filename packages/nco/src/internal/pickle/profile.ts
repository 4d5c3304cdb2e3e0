import type { Key, KeySpace } from "../py/keySpace.ts"
import { notRepresentable } from "../py/protocol.ts"

/** Which key of a `Map` or a `Set` Python holds equal to which; only containers with keys that JavaScript tells apart have one. */
const indices = new WeakMap<object, Map<Key, unknown>>()

/** Whether `Map`'s equality is Python's, whatever else is in the container. */
const plain = (key: unknown): boolean =>
  typeof key === "string" || (typeof key === "number" && key !== 0 && key !== 1 && Number.isSafeInteger(key))

/** The key in `container` that Python holds equal to `key`, or `key` itself. */
const resident = (container: Map<unknown, unknown> | Set<unknown>, key: unknown, space: KeySpace): unknown => {
  let index = indices.get(container)
  if (index === undefined) {
    if (plain(key)) return key
    index = new Map()
    for (const other of container.keys()) index.set(space.of(other), other)
    indices.set(container, index)
  }
  const own = space.of(key)
  if (index.has(own)) return index.get(own)
  if (key !== key && container.has(key)) throw notRepresentable("several NaN keys: use the lossless profile")
  if (typeof key === "bigint") space.countAlike(key)
  index.set(own, key)
  return key
}

/** Puts an entry into a `Map` as Python would: an equal key stays, its value is replaced. */
export const mapSet = (map: Map<unknown, unknown>, key: unknown, value: unknown, space: KeySpace): void => {
  map.set(resident(map, key, space), value)
}

/** Puts an item into a `Set` as Python would: an equal item stays. */
export const setAdd = (set: Set<unknown>, item: unknown, space: KeySpace): void => {
  set.add(resident(set, item, space))
}

/** Puts an entry into a record, whatever its key is called. */
export const recordSet = (record: Record<string, unknown>, key: unknown, value: unknown): void => {
  if (typeof key !== "string") {
    throw notRepresentable('a dict with a key that is no str: use the option dicts: "map" or the lossless profile')
  }
  if (key === "__proto__") {
    Object.defineProperty(record, key, { value, writable: true, enumerable: true, configurable: true })
  } else record[key] = value
}
