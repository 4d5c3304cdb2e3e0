"""Answers Echo requests; prints `listening on port N` once it does, and ends when its standard input does.

usage: echo_server.py [--port N] [--reorder] [--dribble N] [--hold SECONDS] [--seed S]

`--reorder` shuffles the answers it has and keeps some back for later, `--dribble N` writes the first N answers of a
connection one byte at a time, `--hold` delays each batch of answers by up to so many seconds.
"""

import argparse
import asyncio
import itertools
import random
import socket
import sys

import echo_wire


class Connection:
    def __init__(self, options, identifiers, reader, writer):
        self.options = options
        self.identifiers = identifiers
        self.random = random.Random(options.seed)
        self.reader = reader
        self.writer = writer
        self.answers = []
        self.arrived = asyncio.Event()
        self.ended = False
        self.written = 0

    def receive(self, payload):
        sequence, timestamp, subject, _, body = echo_wire.read_request(payload)
        self.answers.append(echo_wire.response(sequence, next(self.identifiers), timestamp, subject, body))
        self.arrived.set()

    async def read(self):
        frames = echo_wire.Frames()
        try:
            while data := await self.reader.read(65536):
                for payload in frames.feed(data):
                    self.receive(payload)
        except echo_wire.Malformed as fault:
            print(f"malformed: {fault}", file=sys.stderr, flush=True)
        finally:
            self.ended = True
            self.arrived.set()

    def take(self):
        if not self.options.reorder:
            batch, self.answers = self.answers, []
            return batch
        self.random.shuffle(self.answers)
        count = len(self.answers) if self.ended else self.random.randint(1, len(self.answers))
        batch, self.answers = self.answers[:count], self.answers[count:]
        return batch

    async def answer(self):
        while True:
            await self.arrived.wait()
            if not self.answers:
                if self.ended:
                    break
                self.arrived.clear()
                continue
            if self.options.hold > 0:
                await asyncio.sleep(self.random.random() * self.options.hold)
            batch = self.take()
            data = b"".join(batch)
            if self.written < self.options.dribble:
                for position in range(len(data)):
                    self.writer.write(data[position : position + 1])
            else:
                self.writer.write(data)
            self.written += len(batch)
            await self.writer.drain()
            # Lets more requests come in, so that there is something to reorder.
            await asyncio.sleep(0)

    async def run(self):
        self.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await asyncio.gather(self.read(), self.answer())
        except ConnectionError:
            pass
        finally:
            self.writer.close()


async def serve(options):
    identifiers = itertools.count(1)
    server = await asyncio.start_server(
        lambda reader, writer: Connection(options, identifiers, reader, writer).run(), "127.0.0.1", options.port
    )
    print(f"listening on port {server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--reorder", action="store_true")
    parser.add_argument("--dribble", type=int, default=0)
    parser.add_argument("--hold", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(serve(parser.parse_args()))


main()
