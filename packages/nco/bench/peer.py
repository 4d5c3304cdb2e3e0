"""Nengo's side of bench/arrays.ts: for each line on stdin, the seconds that a call of what it names takes. `peer.py DIR`."""
import io, os, sys, time
import numpy as np
from nengo.utils import nco

small = np.arange(128.0)
metadata = {"rmses": np.array([0.1, 0.2]), "time": 0.5, "iterations": 8}
large = np.arange(13_107_200.0)
path = os.path.join(sys.argv[1], "nengo.nco")

encoded = io.BytesIO()
nco.write(encoded, metadata, small)
with open(os.path.join(sys.argv[1], "small.nco"), "wb") as out:
    out.write(encoded.getvalue())


def write_file():
    with open(path, "wb") as out:
        nco.write(out, metadata, large)


def read_file():
    with open(path, "rb") as file:
        nco.read(file)


write_file()
calls = {
    "decode": (lambda: nco.read(io.BytesIO(encoded.getvalue())), 2000),
    "encode": (lambda: nco.write(io.BytesIO(), metadata, small), 2000),
    "write": (write_file, 1),
    "read": (read_file, 3),
}
print("ready", flush=True)
for line in sys.stdin:
    run, count = calls[line.strip()]
    start = time.perf_counter()
    for _ in range(count):
        run()
    print((time.perf_counter() - start) / count, flush=True)
