"""A client on asyncio alone: `client.py PORT CONNECTIONS WINDOW SECONDS` prints one JSON line, as contenders.ts does.

One future a request, awaited by one task for each of the requests in flight; one write a turn; no deadlines.
"""

import asyncio
import json
import os
import struct
import sys
import time

port, connections, window = map(int, sys.argv[1:4])
seconds = float(sys.argv[4])
warm_up = 2.0
subject, body, metadata = b"test", b"We have a lot in common", (1, 2, 3)
request = struct.Struct(">ibbqi4sh3hi23s")
response = struct.Struct(">ibbiqi")
int32 = struct.Struct(">i")
state = {"done": 0, "wrong": 0, "stopped": False}


class Client(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.free = list(range(-128, 128))
        self.futures = {}
        self.out = []
        self.held = b""
        self.loop = asyncio.get_running_loop()

    def send(self):
        sequence = self.free.pop()
        future = self.futures[sequence] = self.loop.create_future()
        if not self.out:
            self.loop.call_soon(self.flush)
        self.out.append(request.pack(53, 0, sequence, 9999, 4, subject, 3, *metadata, 23, body))
        return future

    def flush(self):
        self.transport.write(b"".join(self.out))
        self.out.clear()

    def data_received(self, data):
        data = self.held + data
        at = 0
        while len(data) - at >= 4:
            end = at + 4 + int32.unpack_from(data, at)[0]
            if len(data) < end:
                break
            _, _, sequence, identifier, timestamp, size = response.unpack_from(data, at)
            at += response.size
            answer = (identifier, timestamp, data[at : at + size], data[at + size + 4 : end])
            at = end
            self.free.append(sequence)
            self.futures.pop(sequence).set_result(answer)
        self.held = data[at:]


async def worker(client):
    while not state["stopped"]:
        _, timestamp, answered_subject, answered_body = await client.send()
        state["done"] += 1
        if timestamp != 9999 or answered_subject != subject or answered_body != body:
            state["wrong"] += 1


async def main():
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        _, client = await loop.create_connection(Client, "127.0.0.1", port)
        for _ in range(window):
            asyncio.ensure_future(worker(client))
    await asyncio.sleep(warm_up)
    done, at, cpu = state["done"], time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    requests, elapsed, cpu = state["done"] - done, time.perf_counter() - at, time.process_time() - cpu
    state["stopped"] = True
    print(
        json.dumps(
            {
                "name": "asyncio",
                "wrong": state["wrong"],
                "perSecond": round(requests / elapsed),
                "cpuMicroseconds": 1e6 * cpu / requests,
                "medianMicroseconds": 0,
            }
        ),
        flush=True,
    )

    # What is in flight is answered to nobody.
    os._exit(1 if state["wrong"] else 0)


asyncio.run(main())
