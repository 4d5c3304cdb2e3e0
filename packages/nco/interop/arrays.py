"""The other side of interop/arrays.ts: NumPy and Nengo. `arrays.py write DIR SEED COUNT` makes files, `arrays.py check DIR` reads ours."""
import hashlib, io, json, os, pickle, random, struct, sys, tempfile, warnings

warnings.simplefilter("ignore")
import numpy as np

CODES = ["?", "i1", "u1"] + [o + c for o in "<>" for c in "i2 i4 i8 u2 u4 u8 f2 f4 f8 f16 c8 c16 c32 M8[ns] M8[25us] M8[D] m8[s] m8 U3 U1".split()] + ["S5", "S1", "V7"]


def descr(dtype):
    return json.loads(json.dumps(np.lib.format.dtype_to_descr(dtype)))


def without_padding(array):
    """What is between fields means nothing, and NumPy does not always keep it."""
    if array.dtype.names is None:
        return array
    clean = np.frombuffer(bytearray(array.size * array.itemsize), dtype=array.dtype).reshape(array.shape, order="F" if array.flags.f_contiguous else "C")
    for name in array.dtype.names:
        clean[name] = without_padding(array[name])
    return clean


def facts(array):
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    return {
        "descr": descr(array.dtype),
        "shape": list(array.shape),
        "order": order,
        "sha256": hashlib.sha256(without_padding(array).tobytes(order=order)).hexdigest(),
    }


def random_dtype(rng, depth=0):
    if depth < 3 and rng.random() < 0.2:
        fields, names = [], rng.sample(["a", "b", "it's", "é", "名", "__proto__", "x y"], rng.randint(1, 4))
        for name in names:
            field = [name if rng.random() < 0.8 else ("T " + name, name), random_dtype(rng, depth + 1)]
            if rng.random() < 0.3:
                field.append(tuple(rng.randint(1, 3) for _ in range(rng.randint(1, 2))))
            fields.append(tuple(field))
        return np.dtype(fields, align=rng.random() < 0.3)
    return np.dtype(rng.choice(CODES))


def fill(array, rng):
    if array.dtype.names is not None:
        for name in array.dtype.names:
            fill(array[name], rng)
    elif array.dtype.subdtype is None and array.dtype.kind == "U":
        array[...] = "".join(rng.choice(["a", "é", "\U0001f600", ""]) for _ in range(3))
    elif array.dtype.kind == "b":
        array[...] = rng.random() < 0.5
    else:
        raw = np.frombuffer(rng.randbytes(array.size * array.itemsize), dtype=array.dtype, count=array.size) if array.itemsize else array
        array[...] = raw.reshape(array.shape)
    return array


def random_array(rng):
    shape = tuple(rng.choice([0, 1, 1, 2, 3, 5]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4])))
    array = fill(np.zeros(shape, dtype=random_dtype(rng), order=rng.choice("CF")), rng)
    if array.ndim and rng.random() < 0.2:
        array = array[:: rng.choice([2, -1])]
    return array


def write(directory, seed, count):
    rng = random.Random(seed)
    arrays = {f"n{i}": random_array(rng) for i in range(count)}
    for name, array in arrays.items():
        np.save(os.path.join(directory, name + ".npy"), array, allow_pickle=False)
    np.savez(os.path.join(directory, "stored.npz"), **arrays)
    np.savez_compressed(os.path.join(directory, "deflated.npz"), **arrays)
    result = {"arrays": {name: facts(np.load(os.path.join(directory, name + ".npy"))) for name in arrays}}
    try:
        from nengo.utils import nco
    except ImportError:
        nco = None
    if nco is not None:
        path = os.path.join(directory, "peer.nco")
        with open(path, "wb") as out:
            result["starts"] = []
            for i, array in enumerate(arrays.values()):
                result["starts"].append(out.tell())
                nco.write(out, {"i": i, "rmses": np.arange(i % 4) / 3, "name": f"n{i}"}, array)
    json.dump(result, open(os.path.join(directory, "peer.json"), "w"))


def check(directory):
    ours = json.load(open(os.path.join(directory, "ours.json")))
    for name, expected in ours["arrays"].items():
        path = os.path.join(directory, name + ".npy")
        array = np.load(path)
        assert facts(array) == expected, (name, facts(array), expected)
    for archive in ["stored.npz", "deflated.npz"]:
        with np.load(os.path.join(directory, "ours-" + archive)) as loaded:
            for name, expected in ours["arrays"].items():
                assert facts(loaded[name]) == expected, (archive, name)
    try:
        import nengo
        from nengo.utils import nco
    except ImportError:
        return print("checked", len(ours["arrays"]), "arrays; no nengo here")
    with open(os.path.join(directory, "ours.nco"), "rb") as file:
        data = file.read()
        for place in ours["objects"]:
            file.seek(place["start"])
            metadata, array = nco.read(file)
            assert facts(array) == place["array"], place
            assert metadata["name"] == place["name"] and metadata["i"] == place["i"], (metadata, place)
            assert list(metadata["rmses"]) == place["rmses"], (metadata, place)
            # Nengo writes the same bytes at the same place where the pickle is the same.
            pickle_start, pickle_end = struct.unpack("@3sBLLLL", data[place["start"] : place["start"] + 40])[2:4]
            blob = data[pickle_start:pickle_end]
            out = io.BytesIO(b"\0" * place["start"])
            out.seek(place["start"])
            dump, pickle.dump = pickle.dump, lambda _, f, *args, **kwargs: f.write(blob)
            try:
                # From its own file, since only there NumPy keeps what is between fields.
                nco.write(out, metadata, np.load(os.path.join(directory, place["name"] + ".npy")))
            finally:
                pickle.dump = dump
            written = out.getvalue()[place["start"] :]
            assert written == data[place["start"] : place["end"]], f"object at {place['start']} differs from Nengo's"
    hits = cache(os.path.join(directory, "cache"))
    print("checked", len(ours["arrays"]), "arrays,", len(ours["objects"]), "objects,", hits, "cached solutions")


def network():
    import nengo

    with nengo.Network(seed=3) as net:
        a, b = nengo.Ensemble(12, 2), nengo.Ensemble(9, 2)
        nengo.Connection(a, b)
        nengo.Connection(b, a, solver=nengo.solvers.Lstsq())
        nengo.Connection(a, b, solver=nengo.solvers.LstsqNoise())
    return net


def build(directory, readonly=False):
    import nengo

    model = nengo.builder.Model(decoder_cache=nengo.cache.DecoderCache(cache_dir=directory, readonly=readonly))
    with model.decoder_cache:
        model.build(network())


def make_cache(directory):
    build(directory)


def cache(directory):
    """Builds a network from a cache we wrote: every solution must come from it."""
    import nengo.builder.connection as connection

    solve, solved = connection.solve_for_decoders, []

    def counting(*args, **kwargs):
        solved.append(1)
        return solve(*args, **kwargs)

    counting.__module__, counting.__name__ = solve.__module__, solve.__name__
    connection.solve_for_decoders = counting
    try:
        build(directory, readonly=True)
    finally:
        connection.solve_for_decoders = solve
    assert not solved, f"Nengo solved {len(solved)} times although the cache has the solutions"
    return 3


if __name__ == "__main__":
    command, directory, *rest = sys.argv[1:]
    if command == "write":
        write(directory, int(rest[0]), int(rest[1]))
    elif command == "cache":
        make_cache(directory)
    else:
        check(directory)
