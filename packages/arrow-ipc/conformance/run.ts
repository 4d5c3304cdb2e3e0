/**
 * Reads a directory of foreign Arrow files, and says which of them were not read as they should be.
 *
 *     node packages/arrow-ipc/conformance/run.ts DIR
 *
 * `DIR/manifest.json` lists the files; those with a verdict of pyarrow are hostile, the others must give the values of `DIR/expected` or of the
 * `.json` beside them.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { zstdCompressSync, zstdDecompressSync } from "node:zlib"
import * as Result from "effect/Result"
import { ArrowError, type ReadOptions, Table } from "../src/index.ts"
import { canonicalColumn } from "./canonical.ts"

interface Entry {
  readonly path: string
  readonly pyarrow?: "accept" | "reject" | "invalid"
}

interface Expected {
  readonly cols: ReadonlyArray<ReadonlyArray<unknown>>
  readonly meta?: ReadonlyArray<{ readonly key: string; readonly value: string }> | null
  readonly fieldmeta?: ReadonlyArray<ReadonlyArray<{ readonly key: string; readonly value: string }> | null>
  readonly nbatches?: number
}
