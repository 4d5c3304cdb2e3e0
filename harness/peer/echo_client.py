"""Sends pipelined requests to an Echo server and checks every answer; prints what it saw as JSON.

usage: echo_client.py PORT [--requests N] [--window W] [--dribble N] [--seed S]

`--dribble N` writes the first N requests one byte at a time; the rest goes out in slices of random length.
"""

import argparse
import asyncio
import json
import random
import socket
import sys
from collections import deque

import echo_wire


def signed(byte):
    return byte - 256 if byte > 127 else byte


class Client:
    def __init__(self, options):
        self.random = random.Random(options.seed)
        self.options = options
        self.free = deque(signed(byte) for byte in range(256))
        self.window = asyncio.Semaphore(options.window)
        self.waiting = {}
        self.used = set()
        self.identifiers = set()
        self.order = deque()
        self.answered = self.wrong = self.reordered = 0

    def next_request(self, number):
        rng = self.random
        sequence = self.free.popleft()
        timestamp = rng.choice((number, -number, (1 << 63) - 1 - number, number - (1 << 63)))
        subject = rng.randbytes(rng.randrange(12))
        metadata = [rng.randrange(-32768, 32768) for _ in range(rng.randrange(4))]
        body = rng.randbytes(rng.randrange(2000) if number % 1000 == 0 else rng.randrange(24))
        self.waiting[sequence] = (timestamp, subject, body)
        self.used.add(sequence)
        self.order.append(sequence)
        return echo_wire.request(sequence, timestamp, subject, metadata, body)

    def receive(self, payload):
        sequence, identifier, *answer = echo_wire.read_response(payload)
        expected = self.waiting.pop(sequence, None)
        if expected is None or tuple(answer) != expected or identifier in self.identifiers:
            self.wrong += 1
        self.identifiers.add(identifier)
        if self.order[0] == sequence:
            self.order.popleft()
        else:
            self.reordered += 1
            self.order.remove(sequence)
        self.answered += 1
        self.free.append(sequence)
        self.window.release()

    async def send(self, writer):
        pending = bytearray()
        for number in range(self.options.requests):
            if self.window.locked() and pending:
                await self.flush(writer, pending, number <= self.options.dribble)
            await self.window.acquire()
            pending += self.next_request(number)
        await self.flush(writer, pending, self.options.requests <= self.options.dribble)

    async def flush(self, writer, pending, dribble):
        position = 0
        while position < len(pending):
            end = position + (1 if dribble else self.random.randrange(1, 4096))
            writer.write(pending[position:end])
            position = end
            if writer.transport.get_write_buffer_size() > 0 or not dribble:
                await writer.drain()
        pending.clear()

    async def read(self, reader):
        frames = echo_wire.Frames()
        while self.answered < self.options.requests:
            data = await reader.read(65536)
            if not data:
                raise ConnectionError("the server closed the connection")
            for payload in frames.feed(data):
                self.receive(payload)

    async def run(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.options.port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(self.send(writer), self.read(reader))
        writer.write_eof()
        left = await reader.read()
        self.wrong += len(left)
        writer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--dribble", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    client = Client(parser.parse_args())
    asyncio.run(client.run())
    print(
        json.dumps(
            {
                "answered": client.answered,
                "wrong": client.wrong,
                "sequences": len(client.used),
                "reordered": client.reordered,
            }
        )
    )
    sys.exit(1 if client.wrong else 0)


main()
