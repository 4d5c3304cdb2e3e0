# cython: language_level=3, boundscheck=False, wraparound=False
"""The Echo request as a C programmer reads it from Python: unaligned loads, every length checked, Python objects as the result."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint16_t, uint32_t, uint64_t


cdef inline int16_t int16(const unsigned char *p) noexcept:
    return <int16_t>(<uint16_t>p[0] << 8 | p[1])


cdef inline int32_t int32(const unsigned char *p) noexcept:
    return <int32_t>(<uint32_t>p[0] << 24 | <uint32_t>p[1] << 16 | <uint32_t>p[2] << 8 | p[3])


cdef inline int64_t int64(const unsigned char *p) noexcept:
    return <int64_t>(<uint64_t><uint32_t>int32(p) << 32 | <uint32_t>int32(p + 4))


def read(bytes data):
    cdef const unsigned char *at = data
    cdef Py_ssize_t p = 14, end = len(data), n, i
    cdef list metadata
    if end < 20:
        raise ValueError("end")
    n = int32(at + 10)
    if n < 0 or n > end - 20:
        raise ValueError("subject")
    subject = data[p : p + n]
    p += n
    n = int16(at + p)
    p += 2
    if n < 0 or n * 2 > end - p - 4:
        raise ValueError("metadata")
    metadata = []
    for i in range(n):
        metadata.append(int16(at + p + 2 * i))
    p += 2 * n
    n = int32(at + p)
    p += 4
    if n < 0 or n != end - p:
        raise ValueError("body")
    return <int8_t>at[0], <int8_t>at[1], int64(at + 2), subject, metadata, data[p:]
