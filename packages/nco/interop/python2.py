# -*- coding: utf-8 -*-
"""Run by Python 2: one JSON line a pickle of a value that programs of that time wrote."""

import array
import base64
import cPickle
import collections
import datetime as dt
import decimal
import fractions
import json
import pickle
import sys
import uuid

try:
    import numpy as np
except ImportError:
    np = None


class Old:
    def __init__(self, x):
        self.x = x


class OldArgs:
    def __init__(self, a, b):
        self.a = a

    def __getinitargs__(self):
        return (1, "two")


class OldState:
    def __getstate__(self):
        return (1, "s")

    def __setstate__(self, state):
        self.state = state


class New(object):
    def __init__(self, x):
        self.x = x


class Slots(object):
    __slots__ = ("a",)


class DictSub(dict):
    pass


class ListSub(list):
    pass


class StrSub(str):
    pass


loop = []
loop.append(loop)
word = "shared"
slots = Slots()
slots.a = "v"

values = [
    ("ints", [0, -1, 255, 256, 65535, 65536, 2 ** 31 - 1, -2 ** 31, sys.maxint, -sys.maxint - 1]),
    ("longs", [0L, 1L, -1L, 2L ** 31, 2L ** 63, -2L ** 63, 2L ** 200, -10L ** 50]),
    ("bools", [True, False, None]),
    ("strs", ["", "a", "it's", 'a"b', "a\"'b", "back\\slash", "new\nline\r\t\x00", "x" * 255, "x" * 256]),
    ("strs_high", ["\xe9", bytes(bytearray(range(256)))]),
    ("unicodes", [u"", u"café", u"日本\\u0041", u"\n\\\r\x00", u"\U0001f600", u"\ud800", u"x" * 300]),
    ("mixed", ["a", u"a", ("b", u"é"), {"k": u"v", u"k2": "v2"}]),
    ("shared", [word, word, [word]]),
    ("loop", loop),
    ("floats", [0.1, -0.0, 1e300, float("inf"), float("nan"), 1e16]),
    ("complex", [1 + 2j]),
    ("sets", [set([1, "a"]), frozenset(["x", 2])]),
    ("dicts", [{}, {1: "a", "b": 2, (1, "c"): 3}, dict((str(i), i) for i in range(1500))]),
    ("lists", [[], range(1500), [[]]]),
    ("tuples", [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)]),
    ("ordered", collections.OrderedDict([("a", 1), (u"b", 2)])),
    ("defaults", [collections.defaultdict(list, {"a": [1]}), collections.defaultdict(int)]),
    ("counter", collections.Counter("abca")),
    ("deque", [collections.deque([1, "a"]), collections.deque([1], 3)]),
    ("dates", [dt.date(2024, 2, 29), dt.datetime(2013, 11, 30, 1, 2, 3, 4), dt.time(1, 2, 3), dt.timedelta(-1, 2, 3)]),
    ("date_low", [dt.date(2013 - 2013 % 256 + 10, 1, 1), dt.datetime(0x0101, 1, 1, 1, 1, 1)]),
    ("decimals", [decimal.Decimal("1.10"), decimal.Decimal("-Infinity")]),
    ("fraction", fractions.Fraction(-3, 7)),
    ("uuid", uuid.UUID(int=5)),
    ("xrange", xrange(1, 10, 2)),
    ("bytearray", [bytearray("ab\xff"), bytearray()]),
    ("types", [int, str, list, dict, unicode, long, object, type(None)]),
    ("old", Old("v")),
    ("old_args", OldArgs(1, 2)),
    ("old_state", OldState()),
    ("new", New("v")),
    ("slots", slots),
    ("subs", [DictSub(a=1), ListSub([1, 2]), StrSub("x")]),
    ("array", array.array("d", [1.5])),
    ("slice", slice(1, None, 2)),
    ("ellipsis", Ellipsis),
]
if np is not None:
    values += [
        ("np_arrays", [np.arange(3.0), np.arange(3, dtype=">i4"), np.array(["ab", "c"]), np.array([u"é"]), np.zeros((2, 0))]),
        ("np_fortran", np.asfortranarray(np.arange(6).reshape(2, 3))),
        ("np_scalars", [np.float64(1.5), np.int8(-1), np.bool_(True), np.datetime64("2020-01-01"), np.complex64(1j)]),
        ("np_strings", [np.string_("x"), np.unicode_(u"é")]),
        ("np_struct", np.zeros(2, [("a", "i4"), ("b", "S3")])),
        ("np_dtypes", [np.dtype("f8"), np.dtype([("a", "i4"), ("b", ">f8", (2,))]), np.dtype("M8[ns]"), np.dtype("O")]),
        ("np_objects", np.array([1, "a", None], object)),
        ("np_dates", np.array(["2020-01-01"], "M8[D]")),
        ("nengo_info", {"rmses": np.array([0.1, 0.2]), "time": 0.5, "iterations": 8}),
    ]

if __name__ == "__main__":
    import python2

    for name, value in python2.values:
        for protocol in (0, 1, 2):
            for pickler in (pickle, cPickle):
                try:
                    data = pickler.dumps(value, protocol)
                except Exception:
                    continue
                line = {"name": "python2:" + name, "protocol": protocol, "pickler": pickler.__name__, "b64": base64.b64encode(data)}
                sys.stdout.write(json.dumps(line) + "\n")
