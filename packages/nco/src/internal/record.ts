/** Sets a field whose name came from outside: `__proto__` becomes an own property, and never the prototype. */
export const defineField = (record: Record<string, unknown>, name: string, value: unknown): void => {
  if (name === "__proto__") {
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
  } else {
    record[name] = value
  }
}
