"""Times pyarrow on one thread over the stream in a file: open, and the sum of a float64 column. Prints seconds as JSON."""
import json
import statistics
import sys
import time
import pyarrow as pa
import pyarrow.compute as pc

pa.set_cpu_count(1)
pa.set_io_thread_count(1)
with open(sys.argv[1], "rb") as source:
    data = pa.py_buffer(source.read())


def opened():
    return pa.ipc.open_stream(data).read_all()


def median(run):
    times = []
    for _ in range(int(sys.argv[2])):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


column = opened().column("float64")
total = sum(pc.sum(chunk).as_py() for chunk in column.chunks)
print(json.dumps({"open": median(opened), "sum": median(lambda: [pc.sum(chunk) for chunk in column.chunks]), "total": total}))
