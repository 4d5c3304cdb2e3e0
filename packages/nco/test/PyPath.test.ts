import { assert, describe, it } from "@effect/vitest"
import { Py } from "../src/index.ts"
import { call, decode, encode } from "./assemble.ts"

/** Segments, the parts and the text that `pathlib` of Python 3.13 gives them. */
const posix: ReadonlyArray<readonly [segments: ReadonlyArray<string>, parts: ReadonlyArray<string>, text: string]> = [
  [[], [], "."],
  [[""], [], "."],
  [["."], [], "."],
  [["a/b", "c"], ["a", "b", "c"], "a/b/c"],
  [["a//b/./c/"], ["a", "b", "c"], "a/b/c"],
  [["a/../b"], ["a", "..", "b"], "a/../b"],
  [["/"], ["/"], "/"],
  [["/a", "b"], ["/", "a", "b"], "/a/b"],
  [["a", "/b", "c"], ["/", "b", "c"], "/b/c"],
  [["//a"], ["//", "a"], "//a"],
  [["///a"], ["/", "a"], "/a"],
  [["C:\\x"], ["C:\\x"], "C:\\x"]
]

const windows: typeof posix = [
  [["a/b\\c"], ["a", "b", "c"], "a\\b\\c"],
  [["C:"], ["C:"], "C:"],
  [["C:x"], ["C:", "x"], "C:x"],
  [["C:", "x"], ["C:", "x"], "C:x"],
  [["C:\\x", "y"], ["C:\\", "x", "y"], "C:\\x\\y"],
  [["C:\\x", "\\y"], ["C:\\", "y"], "C:\\y"],
  [["C:\\x", "c:y"], ["c:\\", "x", "y"], "c:\\x\\y"],
  [["C:\\x", "D:y"], ["D:", "y"], "D:y"],
  [["x", "C:\\y"], ["C:\\", "y"], "C:\\y"],
  [["\\x"], ["\\", "x"], "\\x"],
  [["\\\\host\\share\\d"], ["\\\\host\\share\\", "d"], "\\\\host\\share\\d"],
  [["\\\\host\\share"], ["\\\\host\\share\\"], "\\\\host\\share\\"]
]

describe("PyPath", () => {
  for (const [cases, pathClass] of [
    [posix, "PurePosixPath"],
    [windows, "PureWindowsPath"]
  ] as const) {
    for (const [segments, parts, text] of cases) {
      it(`${pathClass}(${segments.map((segment) => JSON.stringify(segment)).join(", ")})`, () => {
        const path = new Py.PyPath(segments, pathClass)
        assert.deepStrictEqual([path.parts, String(path)], [parts, text])
        assert.deepStrictEqual(new Py.PyPath(parts, pathClass).parts, parts)
        const again = decode(String.fromCharCode(...encode(path, { profile: "lossless" })))
        assert.deepStrictEqual(again, path)
      })
    }
  }

  it("is read under the name that Python 3.13 alone gave its module, segments as they were typed", () => {
    const path = decode(`${call("pathlib._local:PosixPath", "Va/./b\nVc//d\n")}.`)
    assert.deepStrictEqual(path, new Py.PyPath(["a", "b", "c", "d"], "PosixPath"))
  })

  it("is one key however it was typed", () => {
    const dict = new Py.PyDict([[new Py.PyPath(["a/b"]), 1]])
    assert.strictEqual(dict.get(new Py.PyPath(["a", "./b"])), 1)
  })
})
