/** The text of a Lua dissector: names, literals, expressions, and what every dissector starts with. */
import type { Expr } from "../Expr.ts"

/** A string as Lua reads it: bytes that are not printable ASCII by their decimal numbers. */
export const luaString = (text: string): string => {
  let quoted = ""
  for (const byte of new TextEncoder().encode(text)) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
    quoted += plain ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, "0")}`
  }
  return `"${quoted}"`
}

/** Arithmetic is that of JavaScript numbers; conditions are 0 or 1. */
const functions: Readonly<Record<string, string>> = {
  "/": "quotient",
  "%": "math.fmod",
  "&": "band",
  "|": "bor",
  "<<": "shl",
  ">>>": "shr"
}

export const luaExpr = (expr: Expr): string => {
  switch (expr._tag) {
    case "Literal":
      return String(Number(expr.value))
    case "Remaining":
      return "(c.e - c.p)"
    case "Field":
      return `field(c, ${expr.path.map(luaString).join(", ")})`
    case "Operation": {
      const left = luaExpr(expr.left)
      const right = luaExpr(expr.right)
      const { operator } = expr
      const call = functions[operator]
      if (call !== undefined) return `${call}(${left}, ${right})`
      if (operator === "and" || operator === "or") return `number(${left} ~= 0 ${operator} ${right} ~= 0)`
      if (operator === "+" || operator === "-" || operator === "*") return `(${left} ${operator} ${right})`
      return `number(${left} ${operator === "!=" ? "~=" : operator} ${right})`
    }
    default:
      // Only a computed field may ask, and those are not verified.
      return "0"
  }
}

/** `c` is the cursor: `p` to `e` is the window, `base` and `last` bound the message, `s` is the innermost struct. */
export const prelude = `local F, N = {}, {}

local function fail(reason, more) error({ reason = reason, more = more }, 0) end

local function take(c, size)
  if size > c.e - c.p then fail("needs " .. size .. " bytes, has " .. (c.e - c.p), c.e == c.last) end
  local range = c.tvb(c.p, size)
  c.p = c.p + size
  return range
end

local function warn(item, text) item:add_proto_expert_info(F.warning, text) end

local function integer(c, range, size, signed, little)
  if size > 4 then
    if signed then return little and range:le_int64() or (not little) and range:int64() end
    return little and range:le_uint64() or (not little) and range:uint64()
  end
  if signed then return little and range:le_int() or (not little) and range:int() end
  return little and range:le_uint() or (not little) and range:uint()
end

local function plain(value) return type(value) == "number" and value or value:tonumber() end

local function number(condition) return condition and 1 or 0 end

local function quotient(a, b)
  local q = a / b
  return q < 0 and math.ceil(q) or math.floor(q)
end

local function unsigned(a) return a % 4294967296 end
local function signed32(a) a = unsigned(a) return a >= 2147483648 and a - 4294967296 or a end

local function bits(a, b, keep)
  a, b = unsigned(a), unsigned(b)
  local result, weight = 0, 1
  for _ = 1, 32 do
    if keep(a % 2, b % 2) then result = result + weight end
    a, b, weight = math.floor(a / 2), math.floor(b / 2), weight * 2
  end
  return signed32(result)
end

local function band(a, b) return bits(a, b, function(x, y) return x == 1 and y == 1 end) end
local function bor(a, b) return bits(a, b, function(x, y) return x == 1 or y == 1 end) end
local function shl(a, b) return signed32(unsigned(a) * 2 ^ (b % 32)) end
local function shr(a, b) return math.floor(unsigned(a) / 2 ^ (b % 32)) end

local function field(c, first, ...)
  local s = c.s
  while s and s.v[first] == nil do s = s.up end
  local value = s and s.v[first]
  for _, name in ipairs({ ... }) do value = type(value) == "table" and value[name] or nil end
  if type(value) ~= "number" then fail("no number in " .. first) end
  return value
end

local function part(c, at, shift, width)
  return math.floor(c.tvb(at, 1):uint() / 2 ^ shift) % 2 ^ width
end

local function half(range, little)
  local raw = little and range:le_uint() or range:uint()
  local sign = raw >= 32768 and -1 or 1
  local exponent, fraction = math.floor(raw / 1024) % 32, raw % 1024
  if exponent == 31 then return fraction == 0 and sign * math.huge or 0 / 0 end
  if exponent == 0 then return sign * 2 ^ -24 * fraction end
  return sign * 2 ^ (exponent - 25) * (fraction + 1024)
end

local function varint(c, encoding, most)
  local start, groups = c.p, {}
  repeat
    if #groups == most then fail("a varint of more than " .. most .. " bytes") end
    groups[#groups + 1] = take(c, 1):uint()
  until groups[#groups] < 128
  local value = 0
  for i = 1, #groups do
    local group = groups[encoding == "vlq" and i or #groups + 1 - i] % 128
    value = value * 128 + group
  end
  if encoding == "sleb128" and groups[#groups] % 128 >= 64 then value = value - 2 ^ (7 * #groups) end
  if encoding == "zigzag" then value = value % 2 == 0 and value / 2 or -(value + 1) / 2 end
  return value, c.tvb(start, c.p - start)
end

local function count(c, n, unit)
  if n < 0 or n * unit > c.e - c.p then fail("a length of " .. n .. ", with " .. (c.e - c.p) .. " bytes left") end
  return n
end

local function matches(c, at, terminator)
  if at + #terminator > c.e then return false end
  for i = 1, #terminator do
    if c.tvb(at + i - 1, 1):uint() ~= terminator[i] then return false end
  end
  return true
end

local function find(c, terminator)
  for at = c.p, c.e - #terminator do
    if matches(c, at, terminator) then return at end
  end
  fail("no terminator", c.e == c.last)
end

local function within(c, stop, skip, tree, read)
  local outer = c.e
  c.e = stop
  local value = read(c, tree)
  if c.p < stop then
    local item = tree:add(F.unread, c.tvb(c.p, stop - c.p))
    if not skip then warn(item, "bytes behind the end") end
  end
  c.p, c.e = stop, outer
  return value
end
`
