"""Reads the Echo request with CPython's struct a million times; prints the seconds one reading takes."""
import struct
import sys
import time

data = bytes.fromhex(sys.argv[1])
head = struct.Struct(">bbqi")
count_of = struct.Struct(">h")
length_of = struct.Struct(">i")


def read(data, head=head.unpack_from, count_of=count_of.unpack_from, length_of=length_of.unpack_from):
    api_key, sequence, timestamp, n = head(data, 0)
    p = 14 + n
    if n < 0 or p + 6 > len(data):
        raise ValueError("subject")
    subject = data[14:p]
    (count,) = count_of(data, p)
    metadata = struct.unpack_from(">%dh" % count, data, p + 2)
    p += 2 + 2 * count
    (n,) = length_of(data, p)
    if p + 4 + n != len(data):
        raise ValueError("body")
    return api_key, sequence, timestamp, subject, metadata, data[p + 4 :]


read(data)
best = 1e9
for _ in range(5):
    start = time.perf_counter()
    for _ in range(200000):
        read(data)
    best = min(best, (time.perf_counter() - start) / 200000)
print(best)
