"""Writes random sliced unions, alone and in structs and lists, with pyarrow: `unions.py DIR SEED CASES`."""

import json
import random
import sys

import pyarrow as pa

directory, seed, cases = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
slots = 10


def numbers():
    return pa.array([chance.choice([None, chance.randint(-5, 5)]) for _ in range(slots)], pa.int32())


def texts():
    return pa.array([chance.choice([None, "x" * chance.randint(0, 14)]) for _ in range(slots)], pa.string())


def union(dense, ids):
    chosen = [chance.randint(0, 1) for _ in range(slots)]
    types = pa.array([ids[child] for child in chosen], pa.int8())
    if not dense:
        return pa.UnionArray.from_sparse(types, [numbers(), texts()], ["a", "b"], ids)
    offsets = pa.array([chosen[:i].count(child) for i, child in enumerate(chosen)], pa.int32())
    return pa.UnionArray.from_dense(types, offsets, [numbers(), texts()], ["a", "b"], ids)


def canonical(value):
    if isinstance(value, dict):
        return ["$", *map(canonical, value.values())]
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return value if value is None else "s:" + value if isinstance(value, str) else str(value)


written = []
for case in range(cases):
    dense, within, ids = case % 2 == 0, case // 2 % 4, [5, 9] if case % 3 == 0 else [0, 1]
    values = union(dense, ids)
    begin = chance.randint(0, slots - 1)
    length = chance.randint(0, slots - begin)
    part = values.slice(begin, length)
    if within == 1:
        part = pa.StructArray.from_arrays([part, pa.array(range(length), pa.int32())], ["union", "n"])
    if within == 2:
        part = pa.StructArray.from_arrays([values, pa.array(range(slots), pa.int32())], ["union", "n"])
        part = part.slice(begin, length)
    if within == 3:
        part = pa.ListArray.from_arrays(pa.array([0, 3, 3, 7, slots], pa.int32()), values).slice(1, 2)
    batch = pa.record_batch([part], ["column"])
    with pa.OSFile(f"{directory}/{case}.arrows", "wb") as sink, pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    kind = f"{'dense' if dense else 'sparse'}, {['alone', 'in a struct', 'in a sliced struct', 'in a sliced list'][within]}"
    columns = [[canonical(value) for value in part.to_pylist()]]
    written.append({"kind": kind, "path": f"{case}.arrows", "columns": columns})
with open(f"{directory}/cases.json", "w") as file:
    json.dump(written, file)
