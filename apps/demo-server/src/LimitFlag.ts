/** Limits of the server as a command line has them: `--limit maxConnections=100 --limit "idleTimeout=30 seconds"`. */
import { Limits } from "@bytewright/echo-server"
import * as Duration from "effect/Duration"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

/** The names of all limits. */
export const names = Object.keys(Limits.defaults) as ReadonlyArray<keyof Limits.Limits>

const numberOf = (name: string, text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value === 0 || !Number.isSafeInteger(value)) {
    throw new Error(`${name} is a number above 0, not ${text}`)
  }
  return value
}

const durationOf = (name: string, text: string): Duration.Duration =>
  Option.getOrThrowWith(
    Option.filter(Duration.fromInput(text as Duration.Input), Duration.isGreaterThan(Duration.zero)),
    () => new Error(`${name} is a time as "10 seconds", not ${text}`)
  )

/** The limits that pairs of name and value set; throws an `Error` with what is wrong with one. */
export const parse = (pairs: Readonly<Record<string, string>>): Partial<Limits.Limits> =>
  Object.fromEntries(
    Object.entries(pairs).map(([name, text]) => {
      const known = names.find((each) => each === name)
      if (known === undefined) throw new Error(`there is no limit ${name}, but ${names.join(", ")}`)
      return [name, typeof Limits.defaults[known] === "number" ? numberOf(name, text) : durationOf(name, text)]
    })
  )

/** `--limit name=value`, any number of times. */
export const limit = Flag.KeyValuePair("limit").pipe(
  Flag.withDefault({} as Record<string, string>),
  Flag.mapTryCatch(parse, (error) => (error as Error).message),
  Flag.withDescription(`sets one of ${names.join(", ")}; may be given several times`)
)
