"""Says of each of many byte strings whether pyarrow reads it: accept, reject (not read), invalid (not valid in full), crash.

Standard input: for each case an int32 length, then the bytes. Standard output: one verdict a line, with pyarrow's reason.
"""
import os
import resource
import struct
import sys
import pyarrow as pa

memory = 6 << 30


def verdict(data):
    try:
        reader = pa.ipc.open_file(data) if data.startswith(b"ARROW1") else pa.ipc.open_stream(data)
        table = reader.read_all()
    except Exception as error:
        return "reject", error
    try:
        for batch in table.to_batches():
            batch.validate(full=True)
        table.validate(full=True)
    except Exception as error:
        return "invalid", error
    return "accept", ""


def cases():
    source = sys.stdin.buffer
    while prefix := source.read(4):
        yield source.read(struct.unpack("<i", prefix)[0])


def judge(part, first, output):
    """Judges cases from `first` on in a process of its own; the last line written tells where it died."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    for data in part[first:]:
        said, why = verdict(data)
        output.write("%s\t%s\n" % (said, " ".join(str(why).split())[:200]))
        output.flush()


part = list(cases())
done = []
while len(done) < len(part):
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        judge(part, len(done), os.fdopen(writing, "w"))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        done.extend(line.rstrip("\n") for line in lines)
    os.waitpid(process, 0)
    if len(done) < len(part):
        done.append("crash\t")
print("\n".join(done))
