"""An Echo server from the grammar alone: struct and asyncio, nothing of this project.

Replies are reordered within what has arrived, and some connections get theirs one byte at a time.
Arguments: a seed, and a port if it matters. Prints its port, and on SIGTERM the number of different sequence numbers it saw.
"""
import asyncio
import random
import signal
import struct
import sys

seen = set()
count = 0


def reply(payload):
    global count
    api, sequence, timestamp, length = struct.unpack_from(">bbqi", payload)
    at = 14
    subject = payload[at:at + length]
    at += length
    (items,) = struct.unpack_from(">h", payload, at)
    at += 2 + 2 * items
    (length,) = struct.unpack_from(">i", payload, at)
    body = payload[at + 4:at + 4 + length]
    assert at + 4 + length == len(payload), "trailing bytes"
    seen.add(sequence)
    count += 1
    answer = struct.pack(">bbiq", api, sequence, count, timestamp)
    answer += struct.pack(">i", len(subject)) + subject + struct.pack(">i", len(body)) + body
    return struct.pack(">i", len(answer)) + answer


async def serve(reader, writer):
    held = b""
    dribbled = 0
    try:
        while chunk := await reader.read(65536):
            held += chunk
            replies = []
            while len(held) >= 4:
                (size,) = struct.unpack_from(">i", held)
                if len(held) < 4 + size:
                    break
                replies.append(reply(held[4:4 + size]))
                held = held[4 + size:]
            random.shuffle(replies)
            for answer in replies:
                if dribbled < 50:
                    dribbled += 1
                    for byte in answer:
                        writer.write(bytes([byte]))
                        await writer.drain()
                        await asyncio.sleep(0)
                else:
                    writer.write(answer)
            await writer.drain()
    except (ConnectionError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def main():
    random.seed(int(sys.argv[1]))
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    print(len(seen), flush=True)


asyncio.run(main())
