"""Random programs of opcodes, most of them wrong, and what CPython makes of each: `programs.py SEED COUNT` prints a JSON line a program.

Only globals of a closed list are found, so that nothing else can run.
"""

import base64
import io
import json
import pickle
import random
import resource
import struct
import sys

from peer import Tagger

GLOBALS = [
    "builtins set", "builtins frozenset", "builtins list", "builtins bytearray", "builtins complex", "builtins range", "builtins slice", "collections OrderedDict",
    "collections deque", "collections Counter", "datetime date", "datetime timedelta", "decimal Decimal", "fractions Fraction",
]


class Unpickler(pickle._Unpickler if "--python" in sys.argv else pickle.Unpickler):
    def find_class(self, module, name):
        if "%s %s" % (module, name) not in GLOBALS:
            raise pickle.UnpicklingError("not in the list")
        return super().find_class(module, name)


def value(r):
    """Opcodes that push one value."""
    return r.choice([
        lambda: b"N", lambda: b"\x88", lambda: b"\x89", lambda: b"K" + bytes([r.randrange(4)]), lambda: b"M" + r.randbytes(2), lambda: b"J" + r.randbytes(4),
        lambda: b"G" + struct.pack(">d", r.choice([0.0, 1.0, -0.0, float("nan"), 2.5])), lambda: b"\x8c\x01" + r.choice(b"ab").to_bytes(1, "big"),
        lambda: b"C\x02" + r.randbytes(2), lambda: b"]", lambda: b"}", lambda: b")", lambda: b"\x8f", lambda: b"\x96\x01" + bytes(7) + b"x",
        lambda: b"I%d\n" % r.randrange(-5, 300), lambda: b"I0%d\n" % r.randrange(3), lambda: b"L%dL\n" % r.randrange(-9, 2**70), lambda: b"F%s\n" % r.choice([b"1.5", b"-0", b"1e400", b"nan", b"inf", b" 2 ", b"1_0"]),
        lambda: b"V" + r.choice([b"a", b"\\u00e9", b"\\", b"\xe9", b"\\U00010000", b"\\x41", b"\\\\u0041"]) + b"\n",
        lambda: b"S" + r.choice([b"'a'", b'"b"', b"'\\x41'", b"'\\101'", b"'\\\n", b"a", b"'a\\q'", b"''", b" 'a'", b"'a' "]) + b"\n",
        lambda: b"\x8a" + bytes([n := r.randrange(9)]) + r.randbytes(n), lambda: b"\x8b" + struct.pack("<i", n := r.choice([0, 1, 9, -1])) + r.randbytes(max(0, n)),
        lambda: b"X\x01\0\0\0a", lambda: b"U\x01a", lambda: b"T\x01\0\0\0b", lambda: b"B\x01\0\0\0c",
        lambda: b"c" + r.choice(GLOBALS).replace(" ", "\n").encode() + b"\n",
    ])()


def step(r):
    roll = r.random()
    if roll < 0.45:
        return value(r)
    small = bytes([r.randrange(4)])
    return r.choice([
        b"(", b"(", b"(", b"0", b"1", b"2", b"\x94", b"\x94", b"q" + small, b"h" + small, b"h" + small, b"p%d\n" % r.randrange(4), b"g%d\n" % r.randrange(4),
        b"r" + small + b"\0\0\0", b"j" + small + b"\0\0\0", b"a", b"e", b"s", b"u", b"\x90", b"\x91", b"t", b"\x85", b"\x86", b"\x87", b"l", b"d", b"a", b"e", b"s", b"u", b"R", b"R",
        b"\x81", b"\x92", b"o", b"b", b"\x93", b"i" + r.choice(GLOBALS).replace(" ", "\n").encode() + b"\n", b"\x80" + bytes([r.randrange(7)]), b"Q", b"\x97", b"\x82\x01",
    ])


def balanced(r, depth):
    """A program that pushes one value and mostly makes sense."""
    if depth == 0 or r.random() < 0.3:
        return value(r)
    inner = lambda: balanced(r, depth - 1)
    many = lambda n: b"".join(inner() for _ in range(n))
    n = r.randrange(4)
    made = r.choice([
        lambda: b"](" + many(n) + b"e", lambda: b"]" + inner() + b"a", lambda: b"}(" + many(2 * n) + b"u", lambda: b"}" + many(2) + b"s", lambda: b"(" + many(n) + b"t",
        lambda: many(1) + b"\x85", lambda: many(2) + b"\x86", lambda: many(3) + b"\x87", lambda: b"(" + many(n) + b"l", lambda: b"(" + many(2 * n) + b"d", lambda: b"\x8f(" + many(n) + b"\x90",
        lambda: b"(" + many(n) + b"\x91", lambda: b"c" + r.choice(GLOBALS).replace(" ", "\n").encode() + b"\n(" + many(n) + b"tR", lambda: inner() + b"2" + r.choice([b"0", b"a", b"\x86"]),
        lambda: b"(" + many(n) + b"1" + inner(), lambda: inner() + inner() + b"0",
    ])()
    return made + r.choice([b"", b"", b"\x94", b"q" + bytes([r.randrange(4)])])


def program(r):
    body = balanced(r, 4) if r.random() < 0.6 else b"".join(step(r) for _ in range(r.randrange(1, 14)))
    if r.random() < 0.4:
        at = r.randrange(len(body) + 1)
        body = body[:at] + step(r) + body[at + r.choice([0, 0, 1]):]
    return r.choice([b"", b"\x80\x04"]) + body + b"."


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))  # bytearray(n) is one of the things that Python does
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    for i in range(seed, seed + count):
        data = program(random.Random(i))
        answer = {"seed": i, "b64": base64.b64encode(data).decode()}
        source = io.BytesIO(data)
        try:
            made = Unpickler(source).load()
            if source.tell() != len(data):
                continue  # A STOP in the middle, which only streams of pickles may have.
            answer["tag"] = Tagger(made).tag(made)
        except (AssertionError, MemoryError):
            continue  # A value with no tagged form, or a memo as long as a forged index.
        except Exception as error:
            answer["error"] = "%s: %s" % (type(error).__name__, error)
        print(json.dumps(answer))
