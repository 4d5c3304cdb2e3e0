"""The Echo wire, read from its grammar with nothing but `struct`.

    frame    = size:int32 payload              size counts the payload only
    payload  = api_key:int8 sequence:int8 message
    request  = timestamp:int64 subject:string metadata:array<int16> body:string
    response = id:int32 timestamp:int64 subject:string body:string
    string   = length:int32 bytes
    array    = count:int16 element*
"""

import struct

HEADER = struct.Struct(">bbq")
ANSWER = struct.Struct(">bbiq")
INT32 = struct.Struct(">i")
INT16 = struct.Struct(">h")


class Malformed(Exception):
    """Bytes that the grammar does not allow."""


def string(data):
    return INT32.pack(len(data)) + data


def frame(payload):
    return INT32.pack(len(payload)) + payload


def request(sequence, timestamp, subject, metadata, body):
    items = struct.pack(f">h{len(metadata)}h", len(metadata), *metadata)
    return frame(HEADER.pack(0, sequence, timestamp) + string(subject) + items + string(body))


def response(sequence, identifier, timestamp, subject, body):
    return frame(ANSWER.pack(0, sequence, identifier, timestamp) + string(subject) + string(body))


class Reader:
    """Reads fields one after another from one payload."""

    def __init__(self, payload):
        self.payload = payload
        self.position = 0

    def unpack(self, layout):
        if self.position + layout.size > len(self.payload):
            raise Malformed(f"{layout.format} at {self.position} runs past the payload")
        values = layout.unpack_from(self.payload, self.position)
        self.position += layout.size
        return values

    def string(self):
        (length,) = self.unpack(INT32)
        end = self.position + length
        if length < 0 or end > len(self.payload):
            raise Malformed(f"string of {length} bytes at {self.position}")
        data = self.payload[self.position : end]
        self.position = end
        return data

    def array(self):
        (count,) = self.unpack(INT16)
        if count < 0:
            raise Malformed(f"array of {count} items at {self.position}")
        return list(self.unpack(struct.Struct(f">{count}h")))

    def finish(self):
        if self.position != len(self.payload):
            raise Malformed(f"{len(self.payload) - self.position} bytes left over")


def read_request(payload):
    reader = Reader(payload)
    api_key, sequence, timestamp = reader.unpack(HEADER)
    if api_key != 0:
        raise Malformed(f"api key {api_key}")
    subject, metadata, body = reader.string(), reader.array(), reader.string()
    reader.finish()
    return sequence, timestamp, subject, metadata, body


def read_response(payload):
    reader = Reader(payload)
    api_key, sequence, identifier, timestamp = reader.unpack(ANSWER)
    if api_key != 0:
        raise Malformed(f"api key {api_key}")
    subject, body = reader.string(), reader.string()
    reader.finish()
    return sequence, identifier, timestamp, subject, body


class Frames:
    """Cuts payloads out of a stream that arrives in any pieces."""

    def __init__(self, largest=1 << 20):
        self.largest = largest
        self.buffer = bytearray()

    def feed(self, data):
        self.buffer += data
        payloads, position = [], 0
        while len(self.buffer) - position >= 4:
            (size,) = INT32.unpack_from(self.buffer, position)
            if size < 2 or size > self.largest:
                raise Malformed(f"frame of {size} bytes")
            if len(self.buffer) - position - 4 < size:
                break
            payloads.append(bytes(self.buffer[position + 4 : position + 4 + size]))
            position += 4 + size
        del self.buffer[:position]
        return payloads
