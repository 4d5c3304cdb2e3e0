"""Writes random vectors of the oxigdal dialect, calls and results, by a model of the original that shares no code with ours.

    python3 interop/oxigdal.py DIRECTORY [SEED] [CASES]; node conformance/oxigdal.ts DIRECTORY

Where the original's 64-bit cursor wraps, the call is marked as a panic of its debug build, and is the last.
"""
import json
import os
import random
import struct
import sys

directory = sys.argv[1]
chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
count = int(sys.argv[3]) if len(sys.argv) > 3 else 3000
word = 1 << 64
types = {1: "Schema", 2: "DictionaryBatch", 3: "RecordBatch", 4: "Tensor", 5: "SparseTensor"}
extremes = [2**63 - 1, -(2**63)]


class Model:
    def __init__(self, data):
        self.data = data
        self.cursor = 0

    def parse_file_header(self):
        if self.data[:6] != b"ARROW1":
            return {"error": {"tag": "Other", "message": "Not an Arrow IPC file"}}
        self.cursor = 8
        return {"ok": None}

    def next_message(self):
        """The result, and whether the cursor wrapped."""
        data, size = self.data, len(self.data)
        if self.cursor + 4 > size:
            return {"ok": None}, False
        if data[self.cursor : self.cursor + 4] == b"\xff" * 4:
            self.cursor += 4
        if self.cursor + 4 > size:
            return {"error": {"tag": "Other", "message": "Truncated metadata length"}}, False
        (length,) = struct.unpack_from("<i", data, self.cursor)
        if length <= 0:
            return {"ok": None}, False
        self.cursor += 4
        metadata = data[self.cursor : self.cursor + length]
        kind = types.get(metadata[4], "RecordBatch") if len(metadata) == length >= 8 else "RecordBatch"
        self.cursor += (length + 7) & ~7
        body = struct.unpack_from("<q", data, self.cursor)[0] if self.cursor + 8 <= size else 0
        self.cursor += 8
        found = {"message_type": kind, "metadata_length": length, "body_length": str(body), "body_offset": str(self.cursor)}
        padded = (body % word) + 7
        wraps = padded >= word or self.cursor + (padded & ~7) >= word
        self.cursor = (self.cursor + ((padded % word) & ~7)) % word
        return {"ok": found}, wraps

    def read_buffer(self, body, offset, length):
        begin = body % word + offset % word
        end = begin + length % word
        return {"some": self.data[begin:end].hex()} if end <= len(self.data) else {"none": True}


def encode(messages):
    out = b"ARROW1\0\0"
    for metadata, body in messages:
        out += b"\xff" * 4 + struct.pack("<i", len(metadata)) + metadata + bytes(-len(metadata) % 8)
        out += struct.pack("<q", len(body)) + body + bytes(-len(body) % 8)
    return out + b"\xff" * 4 + bytes(4) + b"ARROW1"


def message():
    metadata = bytearray(chance.randbytes(chance.choice([1, 3, 7, 8, 9, 16, 20, 40])))
    if len(metadata) >= 8 and chance.random() < 0.8:
        metadata[4] = chance.randint(0, 6)
    return bytes(metadata), chance.randbytes(chance.choice([0, 1, 7, 8, 9, 64]))


def damage(data):
    at = chance.randrange(len(data)) if data else 0
    kind = chance.randint(0, 5)
    if kind == 0 and data:
        data[at] = chance.randrange(256)
    elif kind == 1:
        del data[at:]
    elif kind == 2 and len(data) >= 8:
        values = [-1, -8, -24, -7, *extremes, 2**62, 2**40, 100, 1]
        struct.pack_into("<q", data, min(at & ~7, len(data) - 8), chance.choice(values))
    elif kind == 3 and len(data) >= 4:
        values = [-1, 0, 1, 4, 7, 8, 9, 2**31 - 1, -(2**31), 100]
        struct.pack_into("<i", data, min(at & ~3, len(data) - 4), chance.choice(values))
    elif kind == 4:
        del data[at : at + 4]
    else:
        data += chance.choice([b"\xff" * 4, b"\xff" * 8, b"ARROW1", b"\0"])


def reading(name, data):
    model, calls, last = Model(data), [], 0
    names = ["is_arrow_file", "data_len", "current_offset", "parse_file_header", "next_message", "read_buffer"]
    for _ in range(chance.randint(3, 14)):
        op, args, wraps = chance.choices(names, [1, 1, 2, 1.3, 6, 3])[0], [], False
        if op == "next_message":
            result, wraps = model.next_message()
            last = int((result.get("ok") or {}).get("body_offset", last))
        elif op == "read_buffer":
            body = last if chance.random() < 0.8 else chance.choice([0, 8, len(data), -1, *extremes])
            args = [body, chance.choice([0, 1, 8, -1, len(data), *extremes]), chance.choice([0, 1, 8, -1, len(data), *extremes])]
            result = model.read_buffer(*args)
        elif op == "parse_file_header":
            result = model.parse_file_header()
        else:
            result = {"is_arrow_file": data[:6] == b"ARROW1", "data_len": len(data), "current_offset": str(model.cursor)}[op]
        calls.append({"op": op, "args": [str(arg) for arg in args], "result": result})
        if wraps:
            calls[-1]["debug_result"] = {"panic": "overflow"}
            break
    return {"kind": "reader", "name": name, "hex": data.hex(), "calls": calls}


def vector(i):
    messages = [message() for _ in range(chance.randint(0, 4))]
    if messages and chance.random() < 0.1:
        messages[chance.randrange(len(messages))] = (b"", chance.randbytes(4))
    data = bytearray(encode(messages))
    if i % 4 == 0:
        parts = [{"metadata": metadata.hex(), "body": body.hex()} for metadata, body in messages]
        return {"kind": "writer", "name": "writer %d" % i, "messages": parts, "result": data.hex()}
    for _ in range(chance.choice([0, 0, 1, 2, 3])):
        damage(data)
    return reading("reader %d" % i, bytes(data))


def aligned():
    size = chance.choice([chance.randint(0, 100), word - 1 - chance.randint(0, 20), chance.randint(0, word - 1)])
    alignment = chance.choice([0, 1, 2, 3, 5, 6, 7, 8, 10, 64, 2**63, word - 1])
    result = size if alignment == 0 else (size + alignment - 1) % word & ~(alignment - 1) % word
    return {"size": str(size), "alignment": str(alignment), "result": str(result)}


os.makedirs(directory, exist_ok=True)
with open(os.path.join(directory, "vectors.json"), "w") as target:
    json.dump({"align_to": [aligned() for _ in range(300)], "vectors": [vector(i) for i in range(count)]}, target)
