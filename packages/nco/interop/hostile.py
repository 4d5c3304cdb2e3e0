"""Pickles made to do harm, for the conformance runner's clock and scales: `hostile.py DIR` writes malicious-pickles.json."""

import base64
import json
import os
import struct
import sys

FROZEN = b"cbuiltins\nfrozenset\n"
ARRAY = b"cnumpy._core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\0tC\x01btR"


def dtype(code, state=b""):
    return b"cnumpy\ndtype\n(V" + code + b"\nI00\nI01\ntR" + (b"(" + state + b"tb" if state else b"")


def frombuffer(data, code, shape, order=b"VC\n", more=b""):
    return b"cnumpy._core.numeric\n_frombuffer\n(" + data + dtype(code) + shape + order + more + b"tR"


def call(name, args):
    return b"c" + name.replace(b":", b"\n") + b"\n(" + args + b"tR"


def u8(code, n):
    return code + struct.pack("<Q", n)


def u4(code, n):
    return code + struct.pack("<I", n)


F8 = b"(K\3V<\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
both = "either"
cases = {
    "billion_laughs_tuples": (b")" + b"".join(b"q%c0(h%ch%ch%ct" % (i, i, i, i) for i in range(1, 250)) + b"q\0", both),
    "billion_laughs_dict_values": (b"N" + b"".join(b"\x940}" + b"".join(b"K%c" % k + u4(b"j", i) + b"s" for k in range(3)) for i in range(2000)), both),
    "tuple_key_bomb": (b")\x94" + b"".join(u4(b"j", i) + u4(b"j", i) + b"\x86\x94" for i in range(60)) + b"}" + u4(b"j", 60) + b"Ns", "reject"),
    "frozenset_key_bomb": (b"(\x91\x94" + b"".join(b"(" + u4(b"j", i) + u4(b"j", i) + b"K\1\x85t\x85\x94" for i in range(60)) + b"}" + u4(b"j", 60) + b"Ns", "reject"),
    "tuple_key_wide": (b"(" + b"K\1" * 200_000 + b"t\x94}" + b"".join(b"h\0Ns" for _ in range(1)), both),
    "key_reused": (b"(" + b"K\1" * 5000 + b"t\x940}" + b"h\0Ns" * 20_000, both),
    "ints_alike_in_set": (b"\x8f(" + b"".join(b"\x8a\x0a" + struct.pack("<QH", 5, i) for i in range(1, 30_000)) + b"\x90", both),
    "mersenne_collisions": (b"}(" + b"".join(b"\x8a\x11" + (i * (2**61 - 1)).to_bytes(17, "little") + b"N" for i in range(1, 20_000)) + b"u", both),
    "nan_keys": (b"}(" + (b"G\x7f\xf8\0\0\0\0\0\0N") * 30_000 + b"u", both),
    "deep_lists": (b"]" * 100_000 + b"a" * 99_999, "accept-or-limit"),
    "deep_dicts": (b"}K\0" * 50_000 + b"N" + b"s" * 50_000, both),
    "deep_tuples": (b")" + b"\x85" * 100_000, "accept-or-limit"),
    "deep_frozensets": (b"(\x91" + b"(" * 0 + b"".join(b"" for _ in range(0)) + (b"\x85" + FROZEN + b"\x85") * 3000, both),
    "deep_marks": (b"(" * 500_000, "reject"),
    "deep_mark_tuples": (b"(" * 100_000 + b"t" * 100_000, "accept-or-limit"),
    "deep_reduce": (FROZEN + b")R" + (b"\x85" + FROZEN + b"\x940" ) * 1000, both),
    "deep_through_memo": (b"]\x94" + b"".join(b"0](" + u4(b"j", i) + b"e\x94" for i in range(20_000)), "accept-or-limit"),
    "deep_build": (b"".join(call(b"uuid:UUID", b"") for _ in range(2000)), "reject"),
    "dup_flood": (b"N" + b"2" * 2_000_000, both),
    "stack_flood": (b"N" * 3_000_000, "accept-or-limit"),
    "memo_flood": (b"N" + b"\x94" * 1_000_000, "accept-or-limit"),
    "memo_sparse": (b"N" + b"".join(u4(b"r", i * 65537 % 2**32) for i in range(200_000)), both),
    "memo_max": (b"N" + u4(b"r", 2**32 - 1) + u4(b"j", 2**32 - 1), both),
    "put_text_max": (b"Np%d\n" % (2**53), "reject"),
    "put_negative": (b"Np-1\n", "reject"),
    "get_negative": (b"Nq\0g-1\n", "reject"),
    "long1_empty": (b"\x8a\0", "accept"),
    "long4_negative": (u4(b"\x8b", 2**31), "reject"),
    "long4_huge": (u4(b"\x8b", 2**31 - 1), "reject"),
    "long4_there": (u4(b"\x8b", 3_000_000) + b"\x7f" * 3_000_000, "accept-or-limit"),
    "binbytes8_max": (u8(b"\x8e", 2**64 - 1), "reject"),
    "binunicode8_max": (u8(b"\x8d", 2**63), "reject"),
    "bytearray8_max": (u8(b"\x96", 2**40), "reject"),
    "frame_max": (u8(b"\x95", 2**64 - 1), "reject"),
    "frame_overlap": (u8(b"\x95", 4) + u8(b"\x95", 1) + b"N", both),
    "binstring_min": (u4(b"T", 2**31), "reject"),
    "string_huge": (u4(b"X", 2**32 - 1) + b"a", "reject"),
    "int_million_digits": (b"I" + b"9" * 1_000_000 + b"\n", "accept-or-limit"),
    "long_million_digits": (b"L" + b"9" * 1_000_000 + b"L\n", "accept-or-limit"),
    "float_million_digits": (b"F" + b"9" * 1_000_000 + b"\n", both),
    "float_regex": (b"F" + b"1" * 500_000 + b"x\n", "reject"),
    "int_regex": (b"I" + b" " * 500_000 + b"x\n", "reject"),
    "decimal_regex": (call(b"decimal:Decimal", b"X" + struct.pack("<I", 500_001) + b"1" * 500_000 + b"x"), "reject"),
    "decimal_digits": (call(b"decimal:Decimal", b"X" + struct.pack("<I", 1_000_000) + b"1" * 1_000_000), both),
    "decimal_key": (b"}" + call(b"decimal:Decimal", b"V1E+999999999\n") + b"Ns}" + call(b"decimal:Decimal", b"V1E-999999999\n") + b"Ns\x86", both),
    "fraction_huge": (call(b"fractions:Fraction", b"V1e99999999\n"), both),
    "fraction_gcd": (call(b"fractions:Fraction", b"".join(u4(b"\x8b", 60_000) + bytes([i]) * 59_999 + b"\x01" for i in (3, 5))), both),
    "fraction_zero": (call(b"fractions:Fraction", b"K\1K\0"), "reject"),
    "range_zero_step": (call(b"builtins:range", b"K\1K\2K\0"), "reject"),
    "range_huge": (call(b"builtins:range", b"K\0\x8a\x11" + b"\xff" * 16 + b"\1K\1"), both),
    "bytes_of_length": (call(b"builtins:bytes", b"J\xff\xff\xff\x7f"), "reject"),
    "bytearray_of_length": (call(b"builtins:bytearray", b"J\xff\xff\xff\x7f"), "reject"),
    "list_of_range": (call(b"builtins:list", call(b"builtins:range", b"K\0J\xff\xff\xff\x7fK\1")), "reject"),
    "set_of_range": (call(b"builtins:set", call(b"builtins:range", b"K\0J\xff\xff\xff\x7fK\1")), "reject"),
    "deque_of_string": (call(b"collections:deque", b"Vabc\n"), both),
    "deque_maxlen_negative": (call(b"collections:deque", b"]K\xff0J\xff\xff\xff\xff"), "reject"),
    "counter_multiplied": (call(b"collections:Counter", call(b"builtins:range", b"K\0J\xff\xff\xff\x7fK\1")), "reject"),
    "timedelta_huge": (call(b"datetime:timedelta", b"J\xff\xff\xff\x7f"), "reject"),
    "timezone_day": (call(b"datetime:timezone", call(b"datetime:timedelta", b"K\1")), "reject"),
    "date_of_ints": (call(b"datetime:date", b"M\xe8\x07K\1K\1"), both),
    "datetime_short": (call(b"datetime:datetime", b"C\x09" + b"\1" * 9), "reject"),
    "datetime_month_13": (call(b"datetime:datetime", b"C\x0a\x07\xe8\x0d\1\1\1\1\0\0\0"), "reject"),
    "datetime_tz_str": (call(b"datetime:datetime", b"C\x0a\x07\xe8\x01\1\1\1\1\0\0\0Vx\n"), "reject"),
    "codecs_rot13": (call(b"_codecs:encode", b"Vabc\nVrot13\n"), "reject"),
    "codecs_zip": (call(b"_codecs:encode", b"Vabc\nVzlib\n"), "reject"),
    "codecs_latin1_wide": (call(b"_codecs:encode", b"V\\u0100\nVlatin1\n"), "reject"),
    "codecs_errors": (call(b"_codecs:encode", b"Va\nVlatin1\nVignore\n"), "reject"),
    "reconstructor_list": (call(b"copyreg:_reconstructor", b"cbuiltins\nlist\ncbuiltins\nlist\n]"), "reject"),
    "reconstructor_type": (call(b"copyreg:_reconstructor", b"cbuiltins\ntype\ncbuiltins\nobject\nN"), "reject"),
    "getattr_getattr": (call(b"builtins:getattr", b"cbuiltins\nobject\nV__subclasses__\n"), "reject"),
    "dotted": (b"\x8c\x0bcollections\x8c\x16OrderedDict.__init__.x\x93", "reject"),
    "global_proto": (b"cbuiltins\n__proto__\n", "reject"),
    "global_constructor": (b"cconstructor\nprototype\n", "reject"),
    "global_colon": (b"cbuiltins:set\nx\n", "reject"),
    "global_spaces": (b"cbuiltins \nset\n", "reject"),
    "global_case": (b"cBuiltins\nset\n", "reject"),
    "global_empty": (b"c\n\n", "reject"),
    "global_not_utf8": (b"c\xff\nset\n", "reject"),
    "stack_global_ints": (b"K\1K\2\x93", "reject"),
    "stack_global_none": (b"NN\x93", "reject"),
    "stack_global_mark": (b"Vbuiltins\n(Vset\n\x93", "reject"),
    "ext_codes": (b"\x82\x00", "reject"),
    "persid": (b"Pid\n", "reject"),
    "binpersid": (b"K\1Q", "reject"),
    "next_buffer": (b"\x97", "reject"),
    "build_list": (b"]}b", "reject"),
    "build_dict": (b"}}b", "reject"),
    "build_str": (b"Va\n}b", "reject"),
    "build_token": (b"cbuiltins\nset\n}b", "reject"),
    "build_array_twice": (ARRAY + (b"(K\1K\0\x85" + dtype(b"f8") + b"I00\nC\0tb") * 2, both),
    "build_proto": (b"}V__proto__\n}Vpolluted\nI01\nss", both),
    "setitem_list": (b"]K\0Ns", "reject"),
    "append_dict": (b"}Na", "reject"),
    "additems_list": (b"](K\1\x90", "reject"),
    "additems_frozenset": (b"(\x91(K\1\x90", "reject"),
    "reduce_str": (b"Va\n)R", "reject"),
    "reduce_none": (b"N)R", "reject"),
    "reduce_list_args": (FROZEN + b"N\x85]R", both),
    "reduce_no_tuple": (FROZEN + b"K\1R", "reject"),
    "newobj_ex_kwargs": (FROZEN + b")}Va\nK\1s\x92", "reject"),
    "pop_mark_none": (b"N1", "reject"),
    "dup_mark": (b"N(2", "reject"),
    "pop_beyond": (b"N00", "reject"),
    "stop_on_mark": (b"N(", both),
    "unhashable_deep": (b"}](]](eeNs", "reject"),
    "self_key": (b")\x94]\x94h\1ah\1\x85}h\2Ns", "reject"),
    "list_in_tuple_key": (b"}]\x85Ns", "reject"),
    "scalar_lie": (call(b"numpy._core.multiarray:scalar", dtype(b"f8") + b"C\x04abcd"), "reject"),
    "scalar_object": (call(b"numpy._core.multiarray:scalar", dtype(b"O8") + b"C\x08abcdefgh"), "reject"),
    "frombuffer_lie": (frombuffer(b"C\x08abcdefgh", b"f8", b"K\x02\x85"), "reject"),
    "frombuffer_overflow": (frombuffer(b"C\0", b"f8", u4(b"J", 2**31 - 1) * 3 + b"\x87"), "reject"),
    "frombuffer_zero_times": (frombuffer(b"C\0", b"f8", b"K\0" + u4(b"J", 2**31 - 1) * 2 + b"\x87"), both),
    "frombuffer_negative": (frombuffer(b"C\x08abcdefgh", b"f8", b"J\xff\xff\xff\xff\x85"), "reject"),
    "frombuffer_65_axes": (frombuffer(b"C\x08abcdefgh", b"f8", b"(" + b"K\1" * 65 + b"t"), "reject"),
    "frombuffer_million_axes": (frombuffer(b"C\x01a", b"i1", b"(" + b"K\1" * 900_000 + b"t"), "reject"),
    "frombuffer_object": (frombuffer(b"C\x08abcdefgh", b"O8", b"K\1\x85"), "reject"),
    "frombuffer_axes": (frombuffer(b"C\x04abcd", b"i1", b"K\2K\2\x86", b"VK\n", b"K\0K\0\x86"), "reject"),
    "frombuffer_axes_few": (frombuffer(b"C\x04abcd", b"i1", b"K\2K\2\x86", b"VK\n", b"K\0\x85"), "reject"),
    "frombuffer_axes_none": (frombuffer(b"C\x04abcd", b"i1", b"K\2K\2\x86", b"VK\n", b"N"), "reject"),
    "void_without_size": (frombuffer(b"C\0", b"V0", u4(b"J", 2**31 - 1) + b"\x85"), both),
    "dtype_huge": (dtype(b"V99999999999"), "reject"),
    "dtype_comma": (dtype(b"f8,f8"), "accept"),
    "dtype_nonsense": (dtype(b"os.system"), "reject"),
    "dtype_state_short": (dtype(b"f8", b"K\3V<\n"), "reject"),
    "dtype_state_itemsize": (dtype(b"f8", b"K\3V<\nNNNK\x04K\x04K\0"), "reject"),
    "dtype_state_order": (dtype(b"f8", b"K\3V?\nNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0"), "reject"),
    "dtype_fields_outside": (dtype(b"V8", b"K\3V|\nNVa\n\x85}Va\n" + dtype(b"f8") + b"K\x04\x86sK\x08K\1K\x10"), "reject"),
    "dtype_fields_missing": (dtype(b"V8", b"K\3V|\nNVa\n\x85}K\x08K\1K\x10"), "reject"),
    "dtype_fields_object": (dtype(b"V8", b"K\3V|\nNVa\n\x85}Va\n" + dtype(b"O8") + b"K\0\x86sK\x08K\1K\x10"), both),
    "dtype_subarray_lie": (dtype(b"V8", b"K\3V|\n" + dtype(b"f8") + b"K\x09\x85\x86NNK\x08K\1K\x10"), "reject"),
    "array_object_bytes": (ARRAY + b"(K\1K\1\x85" + dtype(b"O8") + b"I00\nC\x08abcdefghtb", "reject"),
    "array_object_lie": (ARRAY + b"(K\1" + u4(b"J", 2**31 - 1) + b"\x85" + dtype(b"O8") + b"I00\n]tb", "reject"),
    "array_forged_shape": (ARRAY + b"(K\1" + u4(b"J", 2**31 - 1) * 2 + b"\x86" + dtype(b"f8") + b"I00\nC\x08abcdefghtb", "reject"),
    "array_started_big": (call(b"numpy._core.multiarray:_reconstruct", b"cnumpy\nndarray\nJ\xff\xff\xff\x7f\x85C\x01b"), "reject"),
    "array_never_filled": (ARRAY, both),
    "array_subclass": (call(b"numpy._core.multiarray:_reconstruct", b"cbuiltins\nlist\nK\0\x85C\x01b"), "reject"),
    "uuid_without_number": (b"cuuid\nUUID\n)\x81", "reject"),
    "uuid_too_big": (b"cuuid\nUUID\n)\x81}Vint\n\x8a\x11" + b"\xff" * 16 + b"\1sb", "reject"),
    "path_flood": (call(b"pathlib:PurePosixPath", b"X" + struct.pack("<I", 1_000_000) + b"a/" * 500_000), both),
    "path_segments": (call(b"pathlib:PurePosixPath", b"Va\n" * 30_000), both),
    "path_windows_segments": (call(b"pathlib:PureWindowsPath", b"Va\n" * 30_000), both),
    "unicode_escapes": (b"V" + b"\\u0041" * 50_000 + b"\n", "accept"),
    "string_escapes": (b"S'" + b"\\x41" * 50_000 + b"'\n", "accept"),
    "lines_many": (b"I1\n0" * 100_000 + b"N", "accept"),
    "line_long": (b"V" + b"a" * 1_000_000 + b"\n", "accept"),
    "trailing": (b"N.N", "reject"),
    "protos": (b"\x80\x05" * 1_000_000 + b"N", "accept"),
    "frames": (u8(b"\x95", 0) * 300_000 + b"N", "accept"),
    "globals_many": (b"".join(b"cbuiltins\nset\n0" for _ in range(30_000)) + b"N", "accept"),
}

if __name__ == "__main__":
    made = [{"name": name, "b64": base64.b64encode(data + b".").decode(), "recommended": expected} for name, (data, expected) in cases.items()]
    with open(os.path.join(sys.argv[1], "malicious-pickles.json"), "w") as out:
        json.dump(made, out)
    with open(os.path.join(sys.argv[1], "manifest.json"), "w") as out:
        json.dump({"files": []}, out)
