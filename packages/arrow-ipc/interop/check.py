"""Reads with pyarrow what run.ts wrote, and compares. Prints a line for each case that differs, and the counts."""
import decimal
import json
import os
import sys
import pyarrow as pa

decimal.getcontext().prec = 100
directory = sys.argv[1]


def floats(value):
    if value is None:
        return None
    return value if value == value and abs(value) != float("inf") else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]


def texts(values):
    return [None if value is None else str(value) for value in values]


def slots(array, index, kind):
    """A buffer of a union from its first slot on: `type_codes` and `offsets` forget where a slice starts."""
    if len(array) == 0:
        return []
    buffers = [None, array.buffers()[index]]
    return pa.Array.from_buffers(kind, len(array), buffers, offset=array.offset).to_pylist()


def validity(array):
    return array.is_valid().to_pylist()


def lists(array, items):
    """The items of each list. Not by `array[i]`: a scalar of nested unions may end the process."""
    kind = array.type
    if pa.types.is_fixed_size_list(kind):
        begins = [(array.offset + i) * kind.list_size for i in range(len(array))]
        ends = [begin + kind.list_size for begin in begins]
    elif "view" in str(kind)[:15]:
        begins = array.offsets.to_pylist()
        ends = [begin + size for begin, size in zip(begins, array.sizes.to_pylist())]
    else:
        begins = array.offsets.to_pylist() if len(array) > 0 else []
        ends = begins[1:]
    return [items[begin:end] if valid else None for begin, end, valid in zip(begins, ends, validity(array))]


def canonical(array):
    """The values of an array in the canonical form of the vectors."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        values = canonical(array.dictionary)
        return [None if i is None else values[i] for i in array.indices.to_pylist()]
    if pa.types.is_run_end_encoded(kind):
        values, out, start = canonical(array.values), [], 0
        ends = array.run_ends.to_pylist()
        for i in range(len(array)):
            run = next(k for k, end in enumerate(ends) if end > i + array.offset)
            out.append(values[run])
        return out
    if pa.types.is_union(kind):
        codes = slots(array, 1, pa.int8())
        children = [canonical(array.field(i)) for i in range(kind.num_fields)]
        places = slots(array, 2, pa.int32()) if kind.mode == "dense" else range(len(array))
        return [children[kind.type_codes.index(code)][place] for code, place in zip(codes, places)]
    if pa.types.is_null(kind):
        return [None] * len(array)
    if pa.types.is_boolean(kind):
        return array.to_pylist()
    if pa.types.is_integer(kind):
        return texts(array.to_pylist())
    if pa.types.is_floating(kind):
        return [floats(None if value is None else float(value)) for value in array.to_pylist()]
    if pa.types.is_decimal(kind):
        return [None if v is None else str(int(v.scaleb(kind.scale))) for v in array.to_pylist()]
    if pa.types.is_date32(kind) or pa.types.is_time32(kind):
        return texts(array.view(pa.int32()).to_pylist())
    if pa.types.is_date64(kind) or pa.types.is_time64(kind) or pa.types.is_timestamp(kind) or pa.types.is_duration(kind):
        return texts(array.view(pa.int64()).to_pylist())
    if kind == pa.month_day_nano_interval():
        return [None if v is None else [str(part) for part in v] for v in array.to_pylist()]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return [None if v is None else "s:" + v for v in array.to_pylist()]
    if pa.types.is_struct(kind):
        children = [canonical(array.field(i)) for i in range(kind.num_fields)]
        return [["$", *(child[i] for child in children)] if valid else None for i, valid in enumerate(validity(array))]
    if pa.types.is_map(kind):
        return lists(array, [list(pair) for pair in zip(canonical(array.keys), canonical(array.items))])
    if pa.types.is_nested(kind):
        return lists(array, canonical(array.values))
    return [None if v is None else "x:" + bytes(v).hex() for v in array.to_pylist()]


def read(path):
    with open(path, "rb") as source:
        data = source.read()
    reader = pa.ipc.open_file(data) if data.startswith(b"ARROW1") else pa.ipc.open_stream(data)
    return reader.read_all()


def columns_of(column):
    return [value for chunk in column.chunks for value in canonical(chunk)]


def columns(table):
    return [columns_of(column) for column in table.columns]


def same(table, expected):
    if not table.schema.equals(expected.schema, check_metadata=True):
        return "schema"
    try:
        if table.equals(expected):
            return None
    except Exception:
        pass
    # NaN is equal to nothing, so what differs by it alone is compared value by value.
    for ours, theirs in zip(table.columns, expected.columns):
        if ours.type in (pa.month_day_nano_interval(),) or "interval" in str(ours.type):
            if str(ours) != str(theirs):
                return "values"
        elif columns_of(ours) != columns_of(theirs):
            return "values"
    return None


def validate(table):
    try:
        table.validate(full=True)
        return None
    except Exception as error:
        return "invalid: %s" % error


def check(case):
    if "tensor" in case:
        with open(os.path.join(directory, case["tensor"]), "rb") as source:
            tensor = pa.ipc.read_tensor(pa.BufferReader(source.read()))
        return None if tensor.to_numpy().tolist() == case["values"] and list(tensor.dim_names) == case["names"] else "tensor"
    table = read(os.path.join(directory, case["path"]))
    if "original" in case:
        original = read(case["original"])
        problem = same(table, original)
        # Some old files do not validate; what was made of a valid one must.
        return problem or (None if validate(original) else validate(table))
    problem = validate(table)
    return problem or (None if columns(table) == case["columns"] else "values")


passed = failed = 0
with open(os.path.join(directory, "cases.json")) as source:
    cases = json.load(source)
for case in cases:
    try:
        problem = check(case)
    except Exception as error:
        problem = "%s: %s" % (type(error).__name__, str(error)[:200])
    if problem is None:
        passed += 1
    else:
        failed += 1
        print("%s: %s" % (case.get("name"), problem))
print("pyarrow %s: %d read equal, %d differ" % (pa.__version__, passed, failed))
sys.exit(1 if failed else 0)
