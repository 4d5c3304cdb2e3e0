"""Writes NPY files with unusual headers, and NCO files in all four C layouts, and indexes of caches, into DIR in the shape that conformance/run.ts reads. `headers.py DIR [SEED [COUNT]]`

NumPy says what each NPY file is; whole ones, and those cut short. What an NCO file is, is known from how it was made: Nengo reads one layout only.
"""

import io
import itertools
import json
import os
import pickle
import random
import re
import struct
import sys

import numpy as np

from peer import Tagger

CODES = """<f8 =f8 |f8 f8 >f8 float64 d double <i4 >i4 i i4 int32 int16 int8 uint8 uint16 uint32 uint64 int64 q Q h H b B |b1 b1 ? bool |u1 |i1 <u2 >u8 <f2 >f2 e half float16
float32 single <f16 longdouble g <c8 >c16 complex64 complex128 csingle <c32 clongdouble S3 |S3 |S0 S <U2 >U2 U0 U V4 |V0 <M8[ns] >M8[25us] M8 M8[D] <m8[10ms] m8 timedelta64[s] datetime64[ns]
datetime64 datetime64[7D] M8[generic] <M8[W] m8[as] byte ubyte short ushort intc uintc longlong ulonglong str bytes void bytes_ str_ object O |O <O8 <O4 f3 x9 <f f,i 2i4,>f8 (2,3)u1,?,M8[s] i4,(3,)S2 M8[D/24] >m8[25s/5] <M8[h/7] 2i4 (2,)i4 (2,3)<u2 <b1 >b1 >i1 <S3 >V3
<U-x S-x <M8[xx] M8[0D] M8[-1D] M8[ns <M8[ns/2] <M4 <f8\\0 i4:x""".split() + ["", " f8", "f8 ", "<f8\n", "i4, f8"]
STRUCTS = """[('a','<i4'),('b','>f8')] [('a','|i1'),('','|V7'),('b','<f8')] [(('title','a'),'<i4'),('b','|S2')] [('a','<f4',(2,3)),('b','|u1')] [('a','<f4',2)] [('a','<f4',())] [('a','<f4',(1,))]
[('a','<f4',[2])] [('a','<f4',(0,))] [('a',[('p','>u2'),('q','<U2')],(2,))] [('a','O')] [('a','<i4'),('a','<i4')] [('','<i4')] [('','<i4'),('','<f4')] [('a','<i4',2,3)] [('a',)] [['a','<i4']] ([('a','<i4')],(2,))
('<f8',(2,)) ('<f8',(2,3)) [((u'title','a'),'<i4')] [(('a','a'),'<i4')] [('a','')] [('a','|V0'),('b','<i4')] [('x','<M8[us]'),('y','?')] [(b'a','<i4')] [(1,'<i4')] [] [('a','<f8'),('','|V0')] [('','|V8')] [('a','<i2',True)]
[('f0','<i4'),('f1',('<i2',(2,)))] [('a','<i4',-1)] [('a','<i4',(2,-1))] [('\\u65e5','<i4')] [('\\xe9','<i4')] {'names':['a'],'formats':['<i4']} {'names':['a','b'],'formats':['<i4','|u1'],'offsets':[4,0],'itemsize':16} None 5 b'<f8' ['<f8'] ('<f8',) [('a\\x00b','<i4')] """.split()
SHAPES = "() (3,) (2,2) (2, 2,) (0,) (0,5) (3L,) (0x3,) (0b11,0o2) (1_0,) (+3,) (-1,) (3.0,) (True,) (False,2) (3) [3] 3 None (3,None) ('3',) (1,)*2 (1+2,) (03,) ((3,),) {3} (,) (3,,) (2**2,)".split()
FORTRAN = "True False 0 1 None 'C' true".split()


# Nothing writes these, and here they are refused: arrays of a subarray, which NumPy itself cannot load, and a name after a colon.
EITHER = [re.compile(rule) for rule in (r"""['"]descr['"]\s*:[\s#\\]*(?:['"][^'"]*\bi4:x|['"](?:\([\d, ]*\)|\d)[<>]?\w+['"]|\((?:'<f8'|\[))""",)]


def literal(r, key, value):
    quote = r.choice("'\"") if not any(q in key for q in "'\"") else ""
    return quote + key + quote + r.choice([": ", ":", " : ", ":\n", ": \t", ": \\\n", ":#\n"]) + value


def text(r, descr, fortran, shape):
    """A header's dictionary, spelled as nobody but a person would."""
    items = [literal(r, "descr", descr), literal(r, "fortran_order", fortran), literal(r, "shape", shape)]
    if r.random() < 0.5:
        r.shuffle(items)
    if r.random() < 0.05:
        items.append(r.choice(["'more': 1", items[0], "**{}", "'descr2': 'x'"]))
    if r.random() < 0.04:
        items.pop()
    made = r.choice(["{", "{ ", "{\n", "{"]) + r.choice([", ", ",", " , ", ",\n"]).join(items) + r.choice([", }", "}", ",}", " }", ",\n}", "}", ",,}"][: 7 if r.random() < 0.05 else 6])
    if r.random() < 0.1:
        made = r.choice(["(%s)", " %s", "\t%s", "\n%s", "%s # end", "%s\n# end", "%s;", "%s,", "u%s", "((%s))", "# start\n%s", "%s\x0c", "%s\x00", "\ufeff%s", "%s\r\n"]) % made
    return made


def npy(r, dictionary, version, data):
    try:
        raw = dictionary.encode("utf-8" if version == 3 else "latin1")
    except UnicodeEncodeError:
        return None
    size = 10 if version == 1 else 12
    pad = r.choice(["numpy", "numpy", "16", "none", "bare", "many", "newlines", "tabs"])
    if pad in ("numpy", "16"):
        raw += b" " * (-(size + len(raw) + 1) % (64 if pad == "numpy" else 16)) + b"\n"
    elif pad != "bare":
        raw += {"none": b"\n", "many": b" " * r.randrange(2000) + b"\n", "newlines": b"\n" * 5, "tabs": b"\t \t\n"}[pad]
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(raw)) + raw + data


def outcome(dictionary, data):
    if any(rule.search(dictionary) for rule in EITHER):
        return {"outcome": "either"}
    try:
        loaded = np.load(io.BytesIO(data), allow_pickle=False)
        return {"outcome": "accept", "array": Tagger(loaded).tag(loaded)}
    except Exception as error:  # NumPy raises whatever Python's parser does.
        return {"outcome": "reject", "note": "%s: %s" % (type(error).__name__, str(error)[:80])}


def arrays(r, count):
    descrs = [repr(code) for code in CODES] + STRUCTS
    plain = [(repr("<i4"), fortran, shape) for fortran in FORTRAN for shape in SHAPES] + [(descr, "False", "(2,)") for descr in descrs] + [(descr, "True", "(2, 2)") for descr in descrs]
    for version, (descr, fortran, shape) in itertools.chain(itertools.product((1, 2, 3), plain), ((r.choice((1, 2, 3)), (r.choice(descrs), r.choice(FORTRAN[:2]), r.choice(SHAPES[:7]))) for _ in range(count))):
        dictionary = text(r, descr, fortran, shape)
        # A code point that Unicode does not have would be refused.
        most = 1 if "U" in descr or "str" in descr else 128
        data = npy(r, dictionary, version, bytes(r.randrange(most) if i % 4 < 2 else 0 for i in range(r.choice([600, 600, 600, 12]))))
        if data is not None:
            yield "npy", data, outcome(dictionary, data)


ABIS = {"LP64-LE": ("<", "Q", 8), "LP64-BE": (">", "Q", 8), "ILP32/LLP64-LE": ("<", "L", 4), "ILP32-BE": (">", "L", 4)}


def align(position):
    return position + -position % 16


def nco(out, start, abi, metadata, array, protocol, r):
    """One object at a position of a file: what its header says."""
    order, code, pad = ABIS[abi]
    size = (8 if pad == 8 else 4) + 4 * struct.calcsize(order + code)
    body = pickle.dumps(metadata, protocol)
    held = io.BytesIO()
    np.lib.format.write_array(held, array, (1, 0))
    first = align(start + size)
    second = align(first + len(body))
    header = [first, first + len(body), second, second + len(held.getvalue())]
    fill = bytes([r.choice([0, 0xAA])])
    # The two gaps may hold anything, and so may the four bytes that align an unsigned long.
    out += b"NCO\0" + (fill * 4 if pad == 8 and fill == b"\0" else b"\0" * (pad - 4)) + struct.pack(order + "4" + code, *header)
    out += fill * (first - start - size) + body + fill * (second - header[1]) + held.getvalue()
    return header


def objects(r, count):
    orders = ["C", "F"]
    for i in range(count):
        abi = list(ABIS)[i % 4]
        start = r.choice([0, 0, 0, 1, 7, 15, 16, 17, 63, 64, 1000, 2**16 - 3])
        out = bytearray(b"\xAA" * start)
        expected = []
        for n in range(r.choice([1, 1, 2, 3, 7])):
            metadata = {"n": n, "text": "\u65e5" * r.randrange(20), "array": np.arange(r.randrange(5)), "nested": {"f": r.random(), "l": [1, (2, None)]}}
            dtype = r.choice(["<f8", ">f8", "u1", ">i2", "<c16", "?", "S3", "<U2", "<M8[ns]", [("a", "<i4"), ("b", ">f8")]])
            array = np.asarray(np.zeros([r.randrange(4) for _ in range(r.randrange(4))], dtype), order=r.choice(orders))
            at = len(out)
            loaded = io.BytesIO()
            header = nco(out, at, abi, metadata, array, r.choice(range(6 if sys.version_info >= (3, 8) else 5)), r)
            loaded = np.load(io.BytesIO(bytes(out[header[2] : header[3]])))
            expected.append({"start": at, "header": header, "metadata": Tagger(metadata).tag(metadata), "array": Tagger(loaded).tag(loaded)})
        yield "nco", bytes(out), {"outcome": "accept", "objects": expected}, {"abi": abi}


def indexes(r):
    """The index of a cache as Nengo writes it in each protocol, and of its first versions."""
    for protocol in range(6 if sys.version_info >= (3, 8) else 5):
        for count in (0, 1, 3, 300):
            paths = ["/home/me/.cache/nengo/%02x/%x.nco" % (r.randrange(256), r.getrandbits(120)) for _ in range(3)] + ["C:\\Users\\\u00e9\\\u65e5.nco"]
            places = {"%040x" % r.getrandbits(160): (r.choice(paths), start, start + r.randrange(2**33)) for start in (r.choice([0, 1, 300, 2**31, 2**33]) for _ in range(count))}
            yield "nengo-cache-index-legacy", pickle.dumps(places, protocol), {"index": Tagger(places).tag(places)}
            version = (2, protocol)
            data = pickle.dumps(version, 2) + pickle.dumps(places, protocol)
            yield "nengo-cache-index", data, {"index": Tagger(places).tag(places), "version": Tagger(version).tag(version)}


if __name__ == "__main__":
    folder, seed, count = sys.argv[1], int((sys.argv[2:] or ["1"])[0]), int((sys.argv[3:] or ["2000"])[0])
    r = random.Random(seed)
    os.makedirs(folder, exist_ok=True)
    listed = []
    for i, (kind, data, expect, *more) in enumerate(itertools.chain(arrays(r, count), objects(r, count // 5), indexes(r))):
        file = "%d.%s" % (i, kind)
        with open(os.path.join(folder, file), "wb") as out:
            out.write(data)
        listed.append(dict({"file": file, "kind": kind, "expect": expect}, **(more[0] if more else {})))
    with open(os.path.join(folder, "manifest.json"), "w") as out:
        json.dump({"files": listed}, out)
