"""CPython's side of bench/pickles.ts: writes the pickles into DIR, then, for each line on stdin (`loads NAME`, `dumps NAME`), the seconds that a call takes."""

import os
import pickle
import random
import sys
import time

try:
    import numpy as np
except ImportError:
    np = None

random.seed(1)
values = {
    "records": [
        {
            "id": i, "name": "user%d" % i, "email": "user%d@example.com" % i, "score": random.random(), "active": i % 2 == 0,
            "tags": ["a", "b", random.choice(["x", "y", "z"])], "position": (i, -i), "balance": i * 10**9,
            "meta": {"visits": i * 7, "city": random.choice(["Berlin", "Paris", "Rome"]), "zip": None, "comment": "a comment of record %d" % i},
        }
        for i in range(45_000)
    ],
    "floats": [random.random() for _ in range(1_100_000)],
    "ints": [random.choice([random.randrange(256), random.randrange(65536), random.randrange(2**31), random.randrange(2**31, 2**53)]) for _ in range(2_000_000)],
    "strings": ["string number %d %s" % (i, "x" * random.randrange(20)) for i in range(300_000)],
}
if np is not None:
    values["metadata"] = [{"rmses": np.random.rand(2), "time": random.random(), "rank": np.int32(i % 50)} for i in range(20_000)]

data = {name: pickle.dumps(value, 5) for name, value in values.items()}
for name, written in data.items():
    with open(os.path.join(sys.argv[1], name), "wb") as out:
        out.write(written)

print("ready", " ".join(values), flush=True)
for line in sys.stdin:
    what, name = line.split()
    start = time.perf_counter()
    made = pickle.loads(data[name]) if what == "loads" else pickle.dumps(values[name], 5)
    print(time.perf_counter() - start, flush=True)
    del made
