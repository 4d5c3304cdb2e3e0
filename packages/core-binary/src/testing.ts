/**
 * A test kit for layouts: values, malformed bytes, chunkings, properties with a replay token, and a fuzzer.
 *
 * @since 0.1.0
 */
export * as Chunks from "./testing/Chunks.ts"
export * as Fuzz from "./testing/Fuzz.ts"
export * as Malformed from "./testing/Malformed.ts"
export * as Property from "./testing/Property.ts"
export * as Random from "./testing/Random.ts"
export * as Values from "./testing/Values.ts"
