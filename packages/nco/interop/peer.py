"""CPython's side of the differential runs: reads commands as JSON lines, answers with JSON lines.

{"load": base64, "buffers": [base64...]}  ->  {"tag": tagged form} or {"error": text}
{"make": seed, "count": n}                ->  n lines {"b64", "protocol", "buffers", "tag"}
"""

import base64
import collections
import datetime as dt
import decimal
import fractions
import hashlib
import json
import pathlib
import pickle
import pickletools
import random
import struct
import sys
import uuid

try:
    import numpy as np
except ImportError:
    np = None

CONTAINERS = (list, dict, tuple, set, frozenset, collections.deque)


class Tagger:
    def __init__(self, root):
        self.counts = collections.Counter()
        self.ids = {}
        self.count(root)

    def is_container(self, value):
        if isinstance(value, CONTAINERS):
            return value != ()
        return np is not None and isinstance(value, np.ndarray)

    def count(self, value):
        if self.is_container(value):
            self.counts[id(value)] += 1
            if self.counts[id(value)] > 1:
                return
        for child in self.children(value):
            self.count(child)

    def children(self, value):
        if isinstance(value, dict):
            for key, item in value.items():
                yield key
                yield item
        elif isinstance(value, CONTAINERS):
            yield from value
        elif isinstance(value, slice):
            yield from (value.start, value.stop, value.step)
        elif np is not None and isinstance(value, np.ndarray) and value.dtype == object:
            yield from value.ravel().tolist()

    def tag(self, value):
        if self.is_container(value) and self.counts[id(value)] > 1:
            if id(value) in self.ids:
                return {"t": "ref", "id": self.ids[id(value)]}
            self.ids[id(value)] = len(self.ids)
            made = {"id": self.ids[id(value)]}
            made.update(self.plain(value))
            return made
        return self.plain(value)

    def many(self, values):
        return [self.tag(value) for value in values]

    def pairs(self, value):
        return [[self.tag(key), self.tag(item)] for key, item in value.items()]

    def plain(self, v):
        if v is None:
            return {"t": "none"}
        if v is Ellipsis:
            return {"t": "ellipsis"}
        if v is NotImplemented:
            return {"t": "notimplemented"}
        if np is not None and isinstance(v, np.generic):
            return {"t": "npscalar", "descr": descr(v.dtype), "hex": v.tobytes()[: v.dtype.itemsize].hex()}
        kind = type(v)
        if kind is bool:
            return {"t": "bool", "v": v}
        if kind is int:
            return {"t": "int", "v": str(v)}
        if kind is float:
            return {"t": "float", "hex": bits(v)}
        if kind is complex:
            return {"t": "complex", "re": bits(v.real), "im": bits(v.imag)}
        if kind is str:
            made = {"t": "str", "v": v}
            if any(0xD800 <= ord(c) < 0xE000 for c in v):
                made["cps"] = [ord(c) for c in v]
            return made
        if kind in (bytes, bytearray):
            return {"t": kind.__name__, "hex": v.hex()}
        if kind in (list, tuple, set, frozenset):
            return {"t": kind.__name__, "v": self.many(v)}
        if kind is collections.deque:
            return {"t": "deque", "v": self.many(v), "maxlen": v.maxlen}
        if kind is dict:
            return {"t": "dict", "v": self.pairs(v)}
        if kind is collections.OrderedDict:
            return {"t": "ordereddict", "v": self.pairs(v)}
        if kind is collections.Counter:
            return {"t": "counter", "v": self.pairs(v)}
        if kind is collections.defaultdict:
            return {"t": "defaultdict", "factory": self.tag(v.default_factory), "v": self.pairs(v)}
        if kind is dt.datetime or kind is dt.time:
            tz = None if v.tzinfo is None else self.tag(v.tzinfo)
            return {"t": kind.__name__, "v": v.isoformat(), "fold": v.fold, "tz": tz}
        if kind is dt.date:
            return {"t": "date", "v": v.isoformat()}
        if kind is dt.timedelta:
            return {"t": "timedelta", "v": [v.days, v.seconds, v.microseconds]}
        if kind is dt.timezone:
            return {"t": "timezone", "v": str(v), "offset": self.tag(v.utcoffset(None))}
        if kind is decimal.Decimal:
            return {"t": "decimal", "v": str(v)}
        if kind is fractions.Fraction:
            return {"t": "fraction", "v": [str(v.numerator), str(v.denominator)]}
        if kind is uuid.UUID:
            return {"t": "uuid", "v": str(v)}
        if kind is range:
            return {"t": "range", "v": [str(v.start), str(v.stop), str(v.step)]}
        if kind is slice:
            return {"t": "slice", "v": self.many([v.start, v.stop, v.step])}
        if isinstance(v, pathlib.PurePath):
            return {"t": "path", "class": kind.__name__, "v": str(v)}
        if isinstance(v, type):
            return {"t": "global", "module": v.__module__, "name": v.__qualname__}
        if isinstance(v, np.dtype):
            return {"t": "npdtype", "descr": descr(v)}
        assert kind is np.ndarray, kind
        order = "F" if v.flags.f_contiguous and not v.flags.c_contiguous else "C"
        made = {"t": "ndarray", "descr": descr(v.dtype), "shape": list(v.shape), "order": order}
        if v.dtype == object:
            made["values"] = self.many(v.ravel().tolist())
        else:
            made["hex"] = v.tobytes(order).hex()
        return made


def bits(value):
    return struct.pack(">d", value).hex()


def descr(dtype):
    return np.lib.format.dtype_to_descr(dtype)


class Maker:
    """Random values of every kind that the default registry holds."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.made = []

    def text(self):
        alphabet = self.r.choice(["abc xyz'\"\\\n", "caf\u00e9\u00ff\x00", "\u65e5\u672c\ufeff\ufffd", "\U0001f600a", "x\ud800y\udfffz"])
        return "".join(self.r.choice(alphabet) + ("." if alphabet[0] == "x" else "") for _ in range(self.r.choice([0, 1, 5, 12, 13, 40, 300])))

    def integer(self):
        size = self.r.choice([1, 8, 16, 31, 32, 48, 53, 54, 63, 64, 65, 200, 2100])
        return self.r.choice([-1, 1]) * self.r.getrandbits(size)

    def floating(self):
        return self.r.choice([0.0, -0.0, 1.0, 1e300, 5e-324, float("inf"), -float("inf"), float("nan"), self.r.random(), -self.r.random() * 10 ** self.r.randrange(-300, 300)])

    def moment(self):
        return dt.timedelta(self.r.randrange(-9999, 9999), self.r.randrange(86400), self.r.choice([0, self.r.randrange(10**6)]))

    def zone(self):
        offset = dt.timedelta(minutes=self.r.randrange(-1439, 1440), seconds=self.r.choice([0, 0, 7]))
        return self.r.choice([None, dt.timezone.utc, dt.timezone(offset), dt.timezone(offset, "Name")])

    def date(self):
        return dt.date(self.r.randrange(1, 10000), self.r.randrange(1, 13), self.r.randrange(1, 29))

    def time(self):
        micro = self.r.choice([0, self.r.randrange(10**6)])
        return dt.time(self.r.randrange(24), self.r.randrange(60), self.r.randrange(60), micro, self.zone())

    def scalar(self):
        return self.r.choice([
            lambda: None, lambda: self.r.random() < 0.5, self.integer, self.integer, self.floating, self.text, self.text,
            lambda: self.r.randbytes(self.r.choice([0, 3, 255, 256, 600])),
            lambda: complex(self.floating(), self.floating()),
            lambda: decimal.Decimal(self.r.choice(["-0", "1.10", "Infinity", "-NaN", "sNaN12", "1E+999", "0E-7"])),
            lambda: decimal.Decimal(self.integer()).scaleb(self.r.randrange(-30, 30)),
            lambda: fractions.Fraction(self.integer(), abs(self.integer()) + 1),
            lambda: uuid.UUID(int=self.r.getrandbits(128)), self.date, self.time, self.moment,
            lambda: dt.datetime.combine(self.date(), self.time()),
            lambda: self.zone(), lambda: range(self.integer(), self.integer(), self.r.choice([-3, 1, 2])),
            lambda: pathlib.PurePosixPath(self.r.choice(["", "/", "a/b", "/x/y.z", "rel"])),
            lambda: pathlib.PureWindowsPath(self.r.choice(["C:\\x\\y", "\\\\host\\share\\f", "a\\b"])),
            lambda: self.r.choice([Ellipsis, NotImplemented, set, list, dict]),
        ])()

    def hashable(self, depth):
        if depth > 0 and self.r.random() < 0.3:
            return self.r.choice([tuple, frozenset])(self.hashable(depth - 1) for _ in range(self.r.randrange(4)))
        while True:
            value = self.scalar()
            try:
                hash(value)
                return value
            except (TypeError, ValueError):
                pass

    def keep(self, value):
        self.made.append(value)
        return value

    def array(self):
        shape = tuple(self.r.randrange(4) for _ in range(self.r.randrange(4)))
        code = self.r.choice("?bhiqBHIQefdgFDG")
        if self.r.random() < 0.3:
            code = self.r.choice(["<M8[ns]", "<m8[25s]", "<M8", "<U3", "S5", ">U2", "V7"])
        elif code not in "?bBgG":
            code = self.r.choice("<<>") + code
        dtype = np.dtype(code)
        if self.r.random() < 0.15:
            dtype = np.dtype([("a", "<i4"), ("b", ">f8", (2,)), ("c", "S3")], align=self.r.random() < 0.5)
        if dtype.kind == "U":
            flat = np.array([self.text()[:3].replace("\ud800", "").replace("\udfff", "") for _ in range(int(np.prod(shape)))], dtype)
            value = flat.reshape(shape)
        elif dtype.kind in "gG" or dtype.char in "gG":
            value = np.array([self.r.random() for _ in range(int(np.prod(shape)))], dtype).reshape(shape)
        else:
            value = np.frombuffer(self.r.randbytes(dtype.itemsize * int(np.prod(shape))), dtype).reshape(shape).copy()
            if dtype.char == "?":
                value = value.view("u1").__and__(1).view("?")
        if self.r.random() < 0.3:
            value = np.asfortranarray(value)
        if self.r.random() < 0.1:
            value = value[..., ::2] if value.ndim else value
        return value

    def value(self, depth):
        roll = self.r.random()
        if self.made and roll < 0.08:
            return self.r.choice(self.made)
        if depth <= 0 or roll < 0.4:
            return self.scalar()
        n = self.r.choice([0, 1, 2, 3, 4, 5])
        some = lambda: [self.value(depth - 1) for _ in range(n)]
        kind = self.r.randrange(13 if np is not None else 10)
        if kind == 0:
            made = self.keep([])
            made.extend(some())
            return made
        if kind == 1:
            made = self.keep({})
            for _ in range(n):
                made[self.hashable(2)] = self.value(depth - 1)
            return made
        if kind == 2:
            return self.keep(tuple(some()))
        if kind == 3:
            return self.keep(set(self.hashable(2) for _ in range(n)))
        if kind == 4:
            return self.keep(frozenset(self.hashable(2) for _ in range(n)))
        if kind == 5:
            return bytearray(self.r.randbytes(self.r.choice([0, 5, 300])))
        if kind == 6:
            return self.keep(collections.deque(some(), self.r.choice([None, 3])))
        if kind == 7:
            return self.keep(collections.OrderedDict((self.text(), self.value(depth - 1)) for _ in range(n)))
        if kind == 8:
            return self.keep(collections.defaultdict(self.r.choice([None, list, set]), {self.text(): self.value(depth - 1)}))
        if kind == 9:
            return self.r.choice([collections.Counter(self.text()), slice(self.value(0), None, self.value(0))])
        if kind == 10:
            return self.keep(self.array())
        if kind == 11:
            value = self.array()
            return value.ravel()[0] if value.size else value.dtype
        made = np.empty(n, object)
        made[:] = [None] * n
        self.keep(made)
        for i in range(n):
            made[i] = self.value(depth - 1)
        return made


def make(seed):
    maker = Maker(seed)
    while True:
        value = maker.value(4)
        protocol = maker.r.randrange(6)
        buffers = []
        try:
            if protocol == 5 and maker.r.random() < 0.2:
                data = pickle.dumps(value, 5, buffer_callback=lambda b: buffers.append(b.raw().tobytes()))
            elif maker.r.random() < 0.2:
                data = pickle._dumps(value, protocol)
            else:
                data = pickle.dumps(value, protocol)
            if maker.r.random() < 0.2:
                data = pickletools.optimize(data)
            # What loading makes of it is what counts: NumPy, for one, turns byte orders round.
            loaded = pickle.loads(data, buffers=buffers)
            return {
                "b64": base64.b64encode(data).decode(),
                "protocol": protocol,
                "buffers": [base64.b64encode(b).decode() for b in buffers],
                "tag": Tagger(loaded).tag(loaded),
            }
        except (AssertionError, RecursionError, TypeError, ValueError, pickle.PicklingError):
            continue


def load(command):
    buffers = [bytearray(base64.b64decode(b)) for b in command.get("buffers", [])]
    try:
        value = pickle.loads(base64.b64decode(command["load"]), buffers=buffers)
        return {"tag": Tagger(value).tag(value)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    for line in sys.stdin:
        command = json.loads(line)
        if "load" in command:
            print(json.dumps(load(command)), flush=True)
        else:
            for seed in range(command["make"], command["make"] + command["count"]):
                print(json.dumps(make(seed)), flush=True)
