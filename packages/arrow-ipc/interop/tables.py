"""Writes random tables of every type with pyarrow, in every form: `tables.py DIR SEED CASES`.

`cases.json` has the values in the canonical form of the conformance runner. What pyarrow itself refuses to write or to
read back is left out.
"""

import decimal
import json
import random
import sys

import numpy as np
import pyarrow as pa

directory, seed, cases = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)


def some(make, length):
    """`length` values of `make`, one in seven missing."""
    return [None if chance.random() < 0.15 else make() for _ in range(length)]


def each(convert, values):
    return [None if value is None else convert(value) for value in values]


def integers(low, high, length):
    return some(lambda: chance.randrange(low, high), length)


def random_bytes(length):
    return bytes(chance.randrange(256) for _ in range(length))


def integer(length):
    bits, signed = chance.choice([8, 16, 32, 64]), chance.random() < 0.5
    values = integers(-(2 ** (bits - 1)), 2 ** (bits - 1), length) if signed else integers(0, 2**bits, length)
    return pa.array(values, getattr(pa, f"{'int' if signed else 'uint'}{bits}")()), each(str, values)


def floating(length):
    values = some(lambda: chance.randrange(-1000, 1000) / 8, length)
    kind = chance.choice(["half", "single", "double"])
    if kind == "half":
        return pa.array(each(np.float16, values), pa.float16()), each(lambda value: float(np.float16(value)), values)
    return pa.array(values, pa.float32() if kind == "single" else pa.float64()), values


def boolean(length):
    values = some(lambda: chance.random() < 0.5, length)
    return pa.array(values, pa.bool_()), values


def text(length):
    values = some(lambda: "".join(chance.choice("a\u0431c\U0001f600 \u00e9\0") for _ in range(chance.randrange(20))), length)
    kind = chance.choice([pa.string(), pa.large_string(), pa.string_view()])
    return pa.array(values, kind), each(lambda value: "s:" + value, values)


def binary(length):
    width = chance.choice([None, None, 0, 1, 3, 16])
    kind = chance.choice([pa.binary(), pa.large_binary(), pa.binary_view()]) if width is None else pa.binary(width)
    values = some(lambda: random_bytes(chance.randrange(20) if width is None else width), length)
    return pa.array(values, kind), each(lambda value: "x:" + value.hex(), values)


def decimals(length):
    make, precision = chance.choice(
        [(pa.decimal32, 9), (pa.decimal64, 18), (pa.decimal128, 38), (pa.decimal256, 60)]
    )
    scale, bound = chance.randrange(5), 10 ** (min(precision, 28) - 1)
    values, context = integers(-bound, bound, length), decimal.Context(prec=80)
    scaled = each(lambda value: decimal.Decimal(value).scaleb(-scale, context), values)
    return pa.array(scaled, make(precision, scale)), each(str, values)


def temporal(length):
    unit = chance.choice(["s", "ms", "us", "ns"])
    low, high, stored, kind = chance.choice(
        [
            (-(2**62), 2**62, pa.int64(), pa.timestamp(unit, chance.choice([None, "UTC", "Asia/Tokyo"]))),
            (-(2**62), 2**62, pa.int64(), pa.duration(unit)),
            (-(2**31), 2**31, pa.int32(), pa.date32()),
            (0, 86_400, pa.int32(), pa.time32("s")),
            (0, 86_400 * 10**9, pa.int64(), pa.time64("ns")),
        ]
    )
    values = integers(low, high, length)
    return pa.array(values, stored).cast(kind), each(str, values)


def days(length):
    values = each(lambda value: value * 86_400_000, integers(-(10**6), 10**6, length))
    return pa.array(values, pa.int64()).cast(pa.date64()), each(str, values)


def interval(length):
    def make():
        return chance.randrange(-(2**31), 2**31), chance.randrange(-(2**31), 2**31), chance.randrange(-(2**63), 2**63)

    values = some(make, length)
    return pa.array(values, pa.month_day_nano_interval()), each(lambda value: [str(part) for part in value], values)


def null(length):
    return pa.nulls(length), [None] * length


leaves = [integer, floating, boolean, text, binary, decimals, temporal, days, interval, null]


def masked(length):
    mask = [chance.random() < 0.15 for _ in range(length)]
    return mask, pa.array(mask, pa.bool_())


def list_of(depth, length):
    large = chance.random() < 0.5
    offsets = [0]
    for _ in range(length):
        offsets.append(offsets[-1] + chance.randrange(4))
    child, values = column(depth - 1, offsets[-1])
    mask, missing = masked(length)
    make = pa.LargeListArray if large else pa.ListArray
    array = make.from_arrays(pa.array(offsets, pa.int64() if large else pa.int32()), child, mask=missing)
    return array, [None if mask[i] else values[offsets[i] : offsets[i + 1]] for i in range(length)]


def list_view_of(depth, length):
    slots, width = 6, chance.choice([pa.int32(), pa.int64()])
    child, values = column(depth - 1, slots)
    offsets = [chance.randrange(slots) for _ in range(length)]
    sizes = [chance.randrange(slots - offset + 1) for offset in offsets]
    mask, missing = masked(length)
    make = pa.ListViewArray if width == pa.int32() else pa.LargeListViewArray
    array = make.from_arrays(pa.array(offsets, width), pa.array(sizes, width), child, mask=missing)
    return array, [None if mask[i] else values[offsets[i] : offsets[i] + sizes[i]] for i in range(length)]


def fixed_size_list_of(depth, length):
    size = chance.randrange(1, 4)
    child, values = column(depth - 1, length * size)
    mask, missing = masked(length)
    array = pa.FixedSizeListArray.from_arrays(child, size, mask=missing)
    return array, [None if mask[i] else values[i * size : (i + 1) * size] for i in range(length)]


def struct_of(depth, length):
    children = [column(depth - 1, length) for _ in range(chance.randrange(1, 4))]
    names = [chance.choice(["a", "b", "__proto__", ""]) + str(i) for i in range(len(children))]
    mask, missing = masked(length)
    array = pa.StructArray.from_arrays([child for child, _ in children], names, mask=missing)
    return array, [None if mask[i] else ["$", *(values[i] for _, values in children)] for i in range(length)]


def map_of(depth, length):
    offsets = [0]
    for _ in range(length):
        offsets.append(offsets[-1] + chance.randrange(3))
    names = [f"k{chance.randrange(9)}" for _ in range(offsets[-1])]
    keys = pa.array(names, pa.string())
    if chance.random() < 0.3:
        keys = keys.dictionary_encode()
    child, values = column(depth - 1, offsets[-1])
    array = pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), keys, child)
    pairs = [["s:" + name, value] for name, value in zip(names, values)]
    return array, [pairs[offsets[i] : offsets[i + 1]] for i in range(length)]


def dictionary_of(depth, length):
    child, values = column(depth - 1, chance.randrange(1, 6))
    # The format has no dictionary that is itself encoded by one, nor one of nothing but nulls in pyarrow.
    if pa.types.is_dictionary(child.type) or pa.types.is_null(child.type):
        return integer(length)
    indices = integers(0, len(values), length)
    kind = chance.choice(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"])
    array = pa.DictionaryArray.from_arrays(
        pa.array(indices, getattr(pa, kind)()), child, ordered=chance.random() < 0.3
    )
    return array, each(lambda index: values[index], indices)


def runs_of(depth, length):
    ends = []
    while not ends or ends[-1] < length:
        ends.append((ends[-1] if ends else 0) + chance.randrange(1, 4))
    child, values = column(depth - 1, len(ends))
    kind = chance.choice([pa.int16(), pa.int32(), pa.int64()])
    array = pa.RunEndEncodedArray.from_arrays(pa.array(ends, kind), child)
    return array.slice(0, length), [values[sum(end <= slot for end in ends)] for slot in range(length)]


def extension(depth, length):
    kind = chance.choice(["uuid", "bool8", "json", "opaque", "nested", "tensor"])
    if kind == "nested":
        storage, values = column(depth - 1, length)
        return pa.ExtensionArray.from_storage(pa.opaque(storage.type, "type", "vendor"), storage), values
    if kind == "uuid":
        values = some(lambda: random_bytes(16), length)
        storage = pa.array(values, pa.binary(16))
        return pa.ExtensionArray.from_storage(pa.uuid(), storage), each(lambda value: "x:" + value.hex(), values)
    if kind == "bool8":
        values = integers(-1, 3, length)
        return pa.ExtensionArray.from_storage(pa.bool8(), pa.array(values, pa.int8())), each(str, values)
    if kind == "json":
        values = some(lambda: json.dumps({"a": chance.randrange(9)}), length)
        storage = pa.array(values, pa.string())
        return pa.ExtensionArray.from_storage(pa.json_(), storage), each(lambda value: "s:" + value, values)
    if kind == "opaque":
        values = integers(0, 99, length)
        storage = pa.array(values, pa.int32())
        return pa.ExtensionArray.from_storage(pa.opaque(pa.int32(), "type", "vendor"), storage), each(str, values)
    values = [[chance.randrange(99) for _ in range(4)] for _ in range(length)]
    flat = pa.array([item for value in values for item in value], pa.int32())
    storage = pa.FixedSizeListArray.from_arrays(flat, 4)
    tensor = pa.fixed_shape_tensor(pa.int32(), [2, 2])
    return pa.ExtensionArray.from_storage(tensor, storage), [[str(item) for item in value] for value in values]


def union_of(depth, length):
    chosen = [chance.randrange(2) for _ in range(length)]
    ids, names = chance.choice([[0, 1], [9, 5]]), ["first", "second"]
    types = pa.array([ids[child] for child in chosen], pa.int8())
    if chance.random() < 0.5:
        children = [column(depth - 1, length) for _ in ids]
        array = pa.UnionArray.from_sparse(types, [child for child, _ in children], names, ids)
        return array, [children[child][1][slot] for slot, child in enumerate(chosen)]
    children = [column(depth - 1, chosen.count(child)) for child in range(2)]
    offsets = [chosen[:slot].count(child) for slot, child in enumerate(chosen)]
    array = pa.UnionArray.from_dense(types, pa.array(offsets, pa.int32()), [child for child, _ in children], names, ids)
    return array, [children[child][1][offset] for child, offset in zip(chosen, offsets)]


nested = [union_of, list_of, list_view_of, fixed_size_list_of, struct_of, map_of, dictionary_of, runs_of, extension]


def column(depth, length):
    """An array of `length` slots, and its values; some are slices of longer ones."""
    if chance.random() < 0.2:
        before, after = chance.randrange(12), chance.randrange(3)
        array, values = whole_column(depth, before + length + after)
        return array.slice(before, length), values[before : before + length]
    return whole_column(depth, length)


def whole_column(depth, length):
    if depth == 0 or chance.random() < 0.4:
        return chance.choice(leaves)(length)
    return chance.choice(nested)(depth, length)


def write(path):
    length = chance.choice([0, 1, 2, 7, 8, 9, 33, 70])
    columns = [column(4, length) for _ in range(chance.randrange(5))]
    begin, end = 0, length
    if length > 0 and chance.random() < 0.4:
        begin = chance.randrange(length)
        end = chance.randrange(begin, length + 1)
    arrays = [array.slice(begin, end - begin) for array, _ in columns]
    names = [chance.choice(["x", "y", "", f"n{i}", "__proto__"]) for i in range(len(arrays))]
    schema = pa.schema([pa.field(name, array.type) for name, array in zip(names, arrays)])
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    compression = chance.choice([None, None, "lz4", "zstd"])
    old = compression is None and chance.random() < 0.15
    options = pa.ipc.IpcWriteOptions(
        compression=compression,
        metadata_version=pa.ipc.MetadataVersion.V4 if old else pa.ipc.MetadataVersion.V5,
        use_legacy_format=old and chance.random() < 0.5,
    )
    form = chance.choice(["stream", "file"])
    with pa.OSFile(path, "wb") as sink:
        make = pa.ipc.new_stream if form == "stream" else pa.ipc.new_file
        with make(sink, schema, options=options) as writer:
            writer.write_batch(batch)
            writer.write_batch(batch)
    with open(path, "rb") as source:
        back = (pa.ipc.open_stream if form == "stream" else pa.ipc.open_file)(source).read_all()
    back.validate(full=True)
    kind = f"{form}, {compression or 'plain'}{', V4' if old else ''}"
    return kind, [values[begin:end] * 2 for _, values in columns]


written = []
for case in range(cases):
    path = f"{case}.arrow"
    try:
        kind, columns = write(f"{directory}/{path}")
    except (pa.ArrowException, OSError):
        continue
    written.append({"kind": kind, "path": path, "columns": columns})
with open(f"{directory}/cases.json", "w") as file:
    json.dump(written, file)
