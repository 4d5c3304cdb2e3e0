"""Writes foreign pickles, NPY and NCO files into DIR in the shape that conformance/run.ts reads. `vectors.py DIR [PYTHON2...]`

The values are those a program really pickles: the standard library's and NumPy's, and classes that no registry knows. The tagged form is
made from what `pickle.loads` gives back in this Python; each PYTHON2 is a Python 2 whose pickles are added, one outcome an encoding.
"""

import array
import base64
import collections
import datetime as dt
import decimal
import enum
import fractions
import functools
import io
import ipaddress
import itertools
import json
import operator
import os
import pathlib
import pickle
import pickletools
import subprocess
import sys
import types
import uuid

import numpy as np

from peer import Tagger, bits, descr

SAFE = """__builtin__.NotImplemented __builtin__.bytearray __builtin__.bytes __builtin__.complex __builtin__.frozenset __builtin__.list
__builtin__.object __builtin__.set __builtin__.slice __builtin__.xrange __builtin__.Ellipsis builtins.Ellipsis _codecs.encode builtins.NotImplemented builtins.bytearray builtins.bytes
builtins.complex builtins.frozenset builtins.int builtins.list builtins.range builtins.set builtins.slice collections.Counter collections.OrderedDict
collections.defaultdict collections.deque datetime.date datetime.datetime datetime.time datetime.timedelta datetime.timezone
decimal.Decimal fractions.Fraction numpy._core.multiarray._reconstruct numpy._core.multiarray.scalar numpy._core.numeric._frombuffer
numpy.core.multiarray._reconstruct numpy.core.multiarray.scalar numpy.core.numeric._frombuffer numpy.dtype numpy.ndarray pathlib.PosixPath
pathlib.PurePosixPath pathlib.PureWindowsPath uuid.UUID copy_reg._reconstructor""".split()
SAFE += ["pathlib._local." + name for name in ("PosixPath", "PurePosixPath", "PureWindowsPath")]
SAFE += [module + "." + name for module in ("builtins", "__builtin__") for name in ("bool", "dict", "float", "int", "object", "str", "tuple")]


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Slotted:
    __slots__ = ("a", "b")


class SlottedDict(Slotted):
    pass


class ListSub(list):
    pass


class DictSub(dict):
    pass


class SetSub(set):
    pass


class TupleSub(tuple):
    pass


class IntSub(int):
    pass


class StrSub(str):
    pass


class BytesSub(bytes):
    pass


class FloatSub(float):
    pass


class OrderedSub(collections.OrderedDict):
    pass


class DateSub(dt.date):
    pass


class ArraySub(np.ndarray):
    pass


class NewArgsEx:
    def __new__(cls, *args, k=0):
        self = object.__new__(cls)
        self.k = k
        return self

    def __getnewargs_ex__(self):
        return (1,), {"k": self.k}


class NewArgs(int):
    def __getnewargs__(self):
        return (int(self),)


class Reduced:
    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return Reduced, (1, "a"), {"z": 5}, iter([]), iter([])


class Stateful:
    def __getstate__(self):
        return ["any", ("state",), 5]

    def __setstate__(self, state):
        self.state = state


class Empty:
    pass


class Color(enum.Enum):
    RED = 1
    GREEN = "g"
    BOTH = (1, 2)


class Bit(enum.Flag):
    A = 1
    B = 2


class Level(enum.IntEnum):
    LOW = 1


class Mode(enum.IntFlag):
    R = 4
    W = 2


class Outer:
    class Inner:
        def __init__(self):
            self.deep = [1]


# Python 3's stand-ins for the classes of python2.py.
python2_classes = types.ModuleType("python2")
for kind in ("Old", "OldArgs", "OldState", "New", "Slots"):
    setattr(python2_classes, kind, type(kind, (), {"__module__": "python2", "__init__": lambda self, *args: None}))
python2_classes.OldState.__setstate__ = lambda self, state: None
for base in (dict, list, str):
    kind = base.__name__.title() + "Sub"
    setattr(python2_classes, kind, type(kind, (base,), {"__module__": "python2"}))
NT = collections.namedtuple("NT", "a b")
here = os.path.dirname(os.path.abspath(__file__))


class Tags(Tagger):
    """The tagger of peer.py, and what is not of the standard registry as inert objects."""

    def is_container(self, value):
        return isinstance(value, Point) or (super().is_container(value) and type(value).__module__ != "vectors")

    def children(self, value):
        if isinstance(value, Point):
            return iter(value.__dict__.values())
        return iter(()) if type(value).__module__ == "vectors" else super().children(value)

    def plain(self, v):
        kind = type(v)
        if kind is type(None) or v is Ellipsis or v is NotImplemented:
            return super().plain(v)
        if isinstance(v, enum.Enum):
            return {"t": "enum", "class": name(kind), "name": str(v.name), "value": Tags(v.value).tag(v.value)}
        if isinstance(v, tuple) and hasattr(v, "_fields"):
            return {"t": "namedtuple", "class": name(kind), "fields": list(v._fields)}
        if kind in (types.BuiltinFunctionType, types.FunctionType):
            return {"t": "global", "module": v.__module__, "name": v.__qualname__}
        if isinstance(v, np.record):
            return {"t": "object", "class": "scalar"}
        if isinstance(v, np.ma.MaskedArray):
            return {"t": "object", "class": "numpy.ma.MaskedArray"}
        if isinstance(v, np.ndarray) and kind is not np.ndarray:
            return {"t": "object", "class": kind.__name__}
        if isinstance(v, array.array):
            return {"t": "pyarray", "typecode": v.typecode, "hex": v.tobytes().hex()}
        if kind.__module__ == "vectors" or kind is types.SimpleNamespace or kind.__module__ == "ipaddress":
            made = {"t": "object", "class": name(kind)}
            if getattr(v, "__dict__", None) and not isinstance(v, (Stateful, Reduced, NewArgsEx, Slotted)):
                made["state"] = {str(k): self.tag(x) if isinstance(v, Point) else Tags(x).tag(x) for k, x in v.__dict__.items()}
            return made
        try:
            return super().plain(v)
        except AssertionError:
            callee = v.__reduce_ex__(2)[0]
            return {"t": "object", "class": name(kind if callee.__module__ in ("copyreg", "copy_reg") else callee)}


def name(kind):
    return "%s.%s" % (kind.__module__, kind.__qualname__)


def slotted(cls, **values):
    made = cls()
    for key, value in values.items():
        setattr(made, key, value)
    return made


def globals_of(data):
    """What `pickletools` sees named; strings before STACK_GLOBAL are followed through the memo."""
    found, strings, memo = [], [], []
    last = None
    for op, arg, _ in pickletools.genops(data):
        if op.name == "GLOBAL" or op.name == "INST":
            found.append(arg.replace(" ", "."))
        if op.name == "STACK_GLOBAL":
            found.append(".".join(strings[-2:]))
        if op.name in ("MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"):
            memo.append((arg if arg is not None else len(memo), last))
        elif op.name in ("BINGET", "LONG_BINGET", "GET"):
            last = dict(memo).get(int(arg))
            if isinstance(last, str):
                strings.append(last)
        else:
            last = arg if "UNICODE" in op.name else None
            if last is not None:
                strings.append(arg)
    return found


def aware():
    zones = [None, dt.timezone.utc, dt.timezone(dt.timedelta(hours=-3, minutes=-30)), dt.timezone(dt.timedelta(hours=23, minutes=59), "far"), dt.timezone.min, dt.timezone.max, dt.timezone(dt.timedelta(0), "Z")]
    if sys.version_info >= (3, 7):
        zones.append(dt.timezone(dt.timedelta(seconds=1, microseconds=1)))
    for zone, fold in itertools.product(zones, (0, 1)):
        yield dt.datetime(2024, 10, 27, 2, 30, 59, 999999, zone, fold=fold)
        yield dt.time(23, 59, 59, 1, zone, fold=fold)


def stdlib():
    yield "datetimes", list(aware())
    yield "datetime_bounds", [dt.datetime.min, dt.datetime.max, dt.date.min, dt.date.max, dt.time.min, dt.time.max, dt.timedelta.min, dt.timedelta.max, dt.timedelta.resolution, -dt.timedelta.resolution]
    yield "datetime_newline", [dt.datetime(2570, 10, 10, 10, 10, 10), dt.date(2570, 10, 13), dt.time(13, 10, 26, 0x0A0D1A)]
    decimals = "0 -0 0E+10 1E-28 123456789012345678901234567890.5 Infinity -Infinity NaN -NaN sNaN -sNaN NaN123 1E+999999 -1.50E-7 0.000001 0.0000001 12E+2".split()
    yield "decimals", [decimal.Decimal(text) for text in decimals]
    yield "fractions", [fractions.Fraction(n, d) for n in (0, 1, -1, 10**40, -(3**50)) for d in (1, 7, 10**30 + 1)]
    yield "uuids", [uuid.UUID(int=n) for n in (0, 1, 2**127, 2**128 - 1)] + [uuid.NAMESPACE_DNS]
    yield "uuid_safe", uuid.UUID(int=5, is_safe=uuid.SafeUUID.safe) if sys.version_info >= (3, 7) else uuid.UUID(int=5)
    yield "ordered", [collections.OrderedDict(), collections.OrderedDict([(1, 2), ("a", [3]), ((1, 2), None)])]
    loop = collections.OrderedDict()
    loop["me"] = loop
    yield "ordered_loop", loop
    yield "defaults", [collections.defaultdict(f, {1: 2}) for f in (None, list, int)]
    nested = collections.defaultdict(list)
    nested["self"].append(nested)
    yield "default_loop", nested
    yield "counters", [collections.Counter(), collections.Counter("hello"), collections.Counter({(1, 2): -3, None: 10**20})]
    yield "deques", [collections.deque(), collections.deque([1, 2, 3], 2), collections.deque([], 0), collections.deque("abc", 10**6)]
    ring = collections.deque([0], 5)
    ring.append(ring)
    yield "deque_loop", ring
    yield "paths", [pathlib.PurePosixPath(p) for p in ("", ".", "/", "a", "/a/b.c", "a/../b", "//x", "~/\u65e5")] + [pathlib.Path("/tmp/x"), pathlib.Path("rel")]
    yield "windows_paths", [pathlib.PureWindowsPath(p) for p in ("C:\\", "C:x", "\\x", "\\\\srv\\share\\d\\f.txt", "a\\b", "")]
    yield "complexes", [complex(a, b) for a in (0.0, -0.0, float("inf"), float("nan")) for b in (1.5, -0.0)]
    yield "ranges", [range(0), range(5), range(10, -10, -3), range(2**70, 2**70 + 5), range(-1)]
    yield "slices", [slice(None), slice(1), slice(1, 2**65, -1), slice("a", (1, 2), [3])]
    yield "singletons", [Ellipsis, NotImplemented, None, (Ellipsis,)]
    yield "byteses", [b"", b"\n", bytes(range(256)), b"a" * 255, b"a" * 256, b"x" * 70000, bytearray(), bytearray(b"\x00\xff"), bytearray(b"y" * 70000)]
    shared_bytes, shared_array = b"shared bytes", bytearray(b"shared")
    yield "bytes_shared", [shared_bytes, shared_bytes, shared_array, shared_array]
    yield "frozensets", [frozenset(), frozenset([1, "a", None, (1, frozenset([2]))]), frozenset([1.5, b"x", 2**80])]
    yield "sets", [set(), {1, 2.5, "x", b"y", None, (), (1,), frozenset()}, set(range(2500))]
    yield "ints", [s * (2**n + d) for n in (7, 8, 15, 16, 31, 32, 53, 63, 64, 255, 2032, 2040, 2047, 2048) for d in (-1, 0, 1) for s in (1, -1)]
    yield "ints_long4", [2**2039, -(2**2039), -(2**2039) - 1, 2**4000, 10**1000]
    yield "floats", [0.1, 1e308 * 10, -5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 1e16, 1e15, 123456789.125, 1 / 3]
    lows = "".join(chr(c) for c in range(256))
    yield "texts", ["", "\\", "\\u0041\\N{X}", "\n\r\x00\x1a\\", lows, "\ud83d", "\ude00\ud83d", "\U0010ffff", "\ufeffx", "\u0800", "a" * 254 + "\u00e9", "a" * 255, "a" * 256, "\u65e5" * 30000, "x\ufffdy" * 20]
    yield "keys", {1: "i", 1.5: "f", "s": 0, b"b": 1, (): 2, (1, (2,)): 3, None: 4, frozenset([1]): 5, False: 6, 2**100: 7, complex(1, 2): 8, dt.date(2020, 1, 1): 9, decimal.Decimal("1.5000"): 10, fractions.Fraction(1, 3): 11, range(3): 12, Ellipsis: 13, uuid.UUID(int=1): 14, pathlib.PurePosixPath("a"): 15, int: 16}
    yield "keys_numeric", {2**53: 1, 2.0**54: 2, -1: 3, float("inf"): 4, 0.5: 5, True: 6}
    for size in (999, 1000, 1001, 2000, 2001):
        yield "list_%d" % size, list(range(size))
        yield "dict_%d" % size, {i: str(i) for i in range(size)}
        yield "set_%d" % size, set(range(size))
    deep = []
    for _ in range(200):
        deep = [deep]
    yield "nested_200", deep
    t = ([],)
    t[0].append(t)
    yield "tuple_loop", t
    big = (1, 2, 3, 4, [])
    big[4].append(big)
    yield "tuple5_loop", big
    box = {}
    box[0] = (box, [box])
    yield "dict_tuple_loop", box
    fs = frozenset([1, 2])
    yield "classes", [int, float, set, [bytes, bytearray, complex, range, object, str, tuple, bool]]
    yield "sharing", [fs, fs, t, t, "word", "word", (), ()]


def unknown():
    yield "point", Point(1, [2.5, Point("a", None)])
    p = Point(1, 2)
    p.x = p
    yield "point_loop", [p, p]
    yield "slots", slotted(Slotted, a=1, b=[2])
    yield "slots_dict", slotted(SlottedDict, a=1, b=2, c=3)
    yield "subclasses", [ListSub([1, 2, 3]), DictSub(a=1), SetSub([1]), TupleSub((1, 2)), IntSub(5), StrSub("x"), BytesSub(b"x"), FloatSub(1.5)]
    yield "list_sub_1", ListSub([1])
    yield "ordered_sub", OrderedSub([("a", 1)])
    yield "date_sub", DateSub(2020, 1, 1)
    yield "new_args", [NewArgs(7), NewArgsEx(k=3)]
    yield "reduced", Reduced()
    yield "stateful", Stateful()
    yield "empty_object", Empty()
    yield "enums", [Color.RED, Color.GREEN, Color.BOTH, Level.LOW, Mode.R]
    yield "flags", [Bit.A, Bit.A | Bit.B, Mode.R | Mode.W, Bit(0)]
    yield "enum_keys", {Color.RED: 1, Level.LOW: 2, (Color.GREEN, 1): 3}
    yield "objects_in_set", {NewArgs(3), Color.RED}
    yield "object_frozen", frozenset([Color.RED])
    yield "namedtuples", [NT(1, 2), NT([], {}), {NT(1, 2): 3}]
    yield "namespace", types.SimpleNamespace(a=1, b=types.SimpleNamespace(c=[]))
    yield "addresses", [ipaddress.ip_address("10.0.0.1"), ipaddress.ip_address("::1")]
    yield "networks", [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_interface("1.2.3.4/24")]
    for code in "bBhHiIlLqQfdu":
        yield "array_" + code, array.array(code, "ab\u65e5" if code == "u" else [1, 2, 3])
    yield "partial", functools.partial(int, base=2)
    yield "getter", [operator.itemgetter(1), operator.attrgetter("a.b"), operator.methodcaller("x", 1)]
    yield "functions", [len, os.path.join, json.dumps]
    yield "types", [type(None), type(Ellipsis), type, str, Point, dt.datetime, np.float64]
    yield "nested_class", Outer.Inner()
    yield "exception", ValueError("bad", 1)
    yield "exceptions", [KeyError("k"), UnicodeDecodeError("ascii", b"x", 0, 1, "r")]
    yield "iterators", [iter([1, 2]), iter((1, 2)), reversed([1, 2]), iter({}), enumerate([1]), zip([1], [2]), iter(range(3))]
    yield "chainmap", collections.ChainMap({"a": 1}, {})
    yield "userdict", collections.UserDict(a=1)
    yield "default_unknown", collections.defaultdict(Point, {1: 2})
    yield "matrix", np.matrix([[1, 2]])
    yield "masked", np.ma.array([1.5, 2], mask=[0, 1])
    yield "recarray", np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])
    yield "record", np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])[0]
    yield "array_sub", np.zeros(3).view(ArraySub)
    yield "objects_inside", np.array([Point(1, 2), None], object)
    yield "chararray", np.char.array(["a", "b"])
    yield "poly", np.poly1d([1, 2])
    yield "rng", np.random.RandomState(5)
    yield "generator", np.random.default_rng(5) if hasattr(np.random, "default_rng") else np.random.RandomState(6)


def numpy_values():
    codes = list("?bhilqpBHILQPefdgFDG") + ["S0", "S5", "U0", "U3", "V4", "M8", "m8"]
    units = ["M8[%s]" % u for u in "Y M W D h m s ms us ns ps fs as 3D 10ms".split()] + ["m8[%s]" % u for u in "Y D s ns 7us".split()]
    structs = [
        np.dtype([("a", "i4"), ("b", "f8")]), np.dtype([("a", "i1"), ("b", "f8")], align=True), np.dtype([("x", "f4", (2, 3)), ("y", "S2")]),
        np.dtype([(("a title", "t"), "i2"), ("n", [("p", ">u2"), ("q", "U2")])]), np.dtype({"names": ["a", "b"], "formats": ["i4", "i4"], "offsets": [8, 0], "itemsize": 20}),
        np.dtype({"names": ["o", "v"], "formats": ["i4", "u1"], "offsets": [0, 2]}), np.dtype([("\u65e5", "i4"), ("f", "M8[ms]")]), np.dtype([("e", "f8", (0,)), ("g", "i4")]),
        np.dtype([]), np.dtype([("o", "O"), ("i", "i4")]), np.dtype([("a", "i4", (1,))]), np.dtype([("", "i4"), ("", "f4")]),
    ]
    for code in codes + units:
        for order in "<>":
            dtype = np.dtype(code).newbyteorder(order)
            raw = np.zeros(12 * max(1, dtype.itemsize), "u1")
            raw[:] = np.arange(raw.size) % 7 if dtype.kind not in "U?b" else 0
            if dtype.kind in "gG" or dtype.char in "gG":
                value = np.arange(12).astype(dtype)
            elif dtype.itemsize == 0:
                value = np.zeros(12, dtype)
            else:
                value = raw.view(dtype)[:12]
            if value.size != 12:
                value = np.zeros(12, dtype)
            if dtype.kind == "U" and dtype.itemsize:
                value = np.array(["a", "\u65e5\U0001f600", ""] * 4, dtype)
            yield "%s_%s" % (order, code), value
            yield "%s_%s_F" % (order, code), np.asfortranarray(value.reshape(3, 4))
            yield "%s_%s_0d" % (order, code), value[0:1].reshape(())
            yield "%s_%s_strided" % (order, code), value[::-2]
            yield "%s_%s_empty" % (order, code), value[:0].reshape(0, 3)
    for i, dtype in enumerate(structs):
        yield "struct_%d" % i, np.zeros((2, 2), dtype)
        if dtype.itemsize:
            yield "struct_%d_F" % i, np.asfortranarray(np.zeros((2, 3), dtype))
        yield "struct_%d_empty" % i, np.zeros(0, dtype)
    yield "transposed", np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2)
    yield "broadcast", np.broadcast_to(np.arange(3), (4, 3))
    yield "readonly", np.frombuffer(b"12345678", "i4")
    yield "dims_32", np.zeros((1,) * 32)
    yield "zero_dims", np.zeros((3, 0, 2, 5), "f4", order="F")


def numpy_pickles():
    for key, value in numpy_values():
        if key.startswith(">") and key.endswith("_empty") and np.lib.NumpyVersion(np.__version__) < "1.20.0":
            continue  # Handed out big endian only by these versions, and only where there is nothing in it.
        if not (value.dtype.hasobject or value.dtype.names == ()):
            yield "np" + key, value
        if key.endswith("_0d") and not key.startswith("struct"):
            yield "scalar" + key, value[()]
        if not key.endswith(("_F", "_0d", "strided", "_empty")):
            yield "dtype" + key, value.dtype
    yield "np_object", np.array([[1, "a"], [None, [2]]], object)
    yield "np_object_F", np.asfortranarray(np.array([[1, "a", 2.5], [None, (), {}]], object))
    yield "np_object_empty", np.zeros((0, 2), object)
    yield "np_object_0d", np.array({"a": 1}, object)
    base = np.arange(6.0)
    yield "np_views", [base, base[1:], base.reshape(2, 3).T, base]
    yield "np_in_tuple_key", {"a": (base, base), "b": np.float64(1)}
    yield "np_scalar_struct", np.zeros(1, [("a", "i4"), ("b", "S3")])[0]
    yield "np_rng_state", np.random.RandomState(1).get_state()
    if hasattr(np.random, "default_rng"):
        yield "np_generator_state", np.random.default_rng(1).bit_generator.state
    yield "np_subarray_dtype", np.dtype(("i4", (2, 3)))
    yield "np_aligned_dtype", np.dtype([("a", "i1"), ("b", "f8")], align=True)
    yield "np_metadata_dtype", np.dtype("i4", metadata={"k": 1})
    yield "np_object_dtype", np.dtype("O")


def pickled(value, protocol, pickler, buffers=None):
    if pickler == "Python":
        return pickle._dumps(value, protocol)
    if buffers is not None:
        return pickle.dumps(value, protocol, buffer_callback=lambda b: buffers.append(b.raw().tobytes()))
    data = pickle.dumps(value, protocol)
    return pickletools.optimize(data) if pickler == "optimize" else data


def entries(category, values):
    for key, value in values:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for pickler in ("C", "Python", "optimize", "out-of-band"):
                if key == "nested_class" and protocol < 4:
                    continue  # Spelled with getattr, which nobody calls here.
                if pickler == "out-of-band" and (protocol < 5 or category != "numpy"):
                    continue
                buffers = [] if pickler == "out-of-band" else None
                try:
                    data = pickled(value, protocol, pickler, buffers)
                    loaded = pickle.loads(data, **({"buffers": buffers} if buffers else {}))
                except Exception:
                    continue  # This Python cannot pickle it so.
                found = globals_of(data)
                try:
                    tag = Tags(loaded).tag(loaded)
                except ValueError:
                    continue  # NumPy has no descr for fields out of order.
                yield {
                    "name": "%s:%s" % (sys.version.split()[0], key), "protocol": protocol, "pickler": pickler, "globals": sorted(set(found)),
                    "safeDefault": category != "unknown" and all(g in SAFE for g in found), "b64": base64.b64encode(data).decode(),
                    "expect": tag, "buffers": [base64.b64encode(b).decode() for b in buffers or []],
                }


def python2(command):
    """Python 2's pickles, and what this Python makes of them under each encoding."""
    for line in subprocess.check_output([command, os.path.join(here, "python2.py")]).decode().splitlines():
        case = json.loads(line)
        data = base64.b64decode(case["b64"])
        outcomes = {}
        for encoding in ("ASCII", "latin1", "bytes"):
            try:
                value = pickle.loads(data, encoding=encoding)
                outcomes[encoding] = {"outcome": "ok", "value": Tags(value).tag(value)}
            except Exception as error:
                if case["name"] in ("python2:array", "python2:slots"):
                    continue  # The class itself refuses, and no class is run here.
                outcomes[encoding] = {"outcome": "error", "message": str(error)}
        yield dict(case, byEncoding=outcomes)


def files(folder):
    """NPY files of every dtype in all three versions of the format."""
    for key, value in numpy_values():
        if value.dtype.hasobject:
            continue
        for version in ((1, 0), (2, 0), (3, 0)):
            out = io.BytesIO()
            try:
                np.lib.format.write_array(out, value, version)
                loaded = np.load(io.BytesIO(out.getvalue()))
            except (ValueError, TypeError, UnicodeEncodeError):
                continue
            path = "npy/%s_v%d.npy" % (key.replace(">", "be").replace("<", "le").replace("[", "-").replace("]", ""), version[0])
            with open(os.path.join(folder, path), "wb") as file:
                file.write(out.getvalue())
            yield {"file": path, "kind": "npy", "expect": {"outcome": "accept", "array": Tags(loaded).tag(loaded)}}


if __name__ == "__main__":
    import vectors  # so that the classes have a module of their own

    sys.setrecursionlimit(20_000)
    sys.modules["python2"] = vectors.python2_classes
    folder = sys.argv[1]
    os.makedirs(os.path.join(folder, "npy"), exist_ok=True)
    made = [*vectors.entries("stdlib", vectors.stdlib()), *vectors.entries("numpy", vectors.numpy_pickles()), *vectors.entries("unknown", vectors.unknown())]
    for command in sys.argv[2:]:
        made.extend(vectors.python2(command))
    with open(os.path.join(folder, "pickles.json"), "w") as out:
        json.dump({"values": {}, "entries": made}, out)
    with open(os.path.join(folder, "manifest.json"), "w") as out:
        json.dump({"files": list(vectors.files(folder))}, out)
