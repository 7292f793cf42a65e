#!/usr/bin/env python3
"""Sends requests at a steady rate while something happens to the daemon, and counts what fails.

Usage: load.py PORT HOST RATE STOP-FILE
Each request has a connection of its own, as PHP's have, and starts when it is due, whether or not earlier ones have
ended. Ten more clients keep their connections; as HTTP clients do, they try a request again on a new connection if the
kept one ended without a byte of an answer. Ends when STOP-FILE is there. Prints one line of JSON:
requests, failed, slowest_ms, first failures. On stderr there is a line for each second's worth of requests.
"""
import asyncio
import json
import os
import sys
import time

ANSWER = b"hello from the origin\n"
KEPT = 10
DEADLINE = 60


class Load:
    def __init__(self, port, host, rate, stop_file):
        self.port, self.host, self.rate, self.stop_file = port, host, rate, stop_file
        self.requests = self.failed = self.retried = 0
        self.slowest = 0.0
        self.faults = []

    def stopping(self):
        return os.path.exists(self.stop_file)

    def connect(self):
        return asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, reader, writer, close):
        """Whether the connection may be used again."""
        last = "close" if close else "keep-alive"
        writer.write(f"GET /hello HTTP/1.1\r\nHost: {self.host}\r\nConnection: {last}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        if not lines[0].startswith("http/1.1 200 "):
            raise ValueError(lines[0])
        fields = dict(line.split(": ", 1) for line in lines[1:] if line)
        body = await reader.readexactly(int(fields["content-length"]))
        if body != ANSWER:
            raise ValueError(f"another body: {body!r}")
        return fields.get("connection") != "close"

    async def counted(self, request):
        self.requests += 1
        begin = time.monotonic()
        try:
            return await asyncio.wait_for(request, DEADLINE)
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            self.failed += 1
            self.faults.append(f"{type(error).__name__}: {error}")
        finally:
            self.slowest = max(self.slowest, time.monotonic() - begin)

    async def once(self):
        reader, writer = await self.connect()
        try:
            await self.ask(reader, writer, True)
        finally:
            writer.close()

    async def on_kept(self, kept):
        """One request; returns the connection if it may be used again."""
        if kept:
            reader, writer = kept
            try:
                again = await self.ask(reader, writer, False)
                return kept if again else writer.close()
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                writer.close()
                if getattr(error, "partial", b""):
                    raise
                self.retried += 1
        reader, writer = await self.connect()
        if await self.ask(reader, writer, False):
            return reader, writer
        writer.close()

    async def keep(self):
        kept = None
        while not self.stopping():
            kept = await self.counted(self.on_kept(kept))
            await asyncio.sleep(0.05)
        if kept:
            kept[1].close()

    async def run(self):
        running = {asyncio.create_task(self.keep()) for _ in range(KEPT)}
        begin = time.monotonic()
        sent = 0
        while not self.stopping():
            running.add(asyncio.create_task(self.counted(self.once())))
            sent += 1
            if sent % self.rate == 0:
                print(sent, file=sys.stderr, flush=True)
            await asyncio.sleep(max(0, begin + sent / self.rate - time.monotonic()))
        await asyncio.wait(running)

    def report(self):
        return json.dumps({"requests": self.requests, "failed": self.failed, "retried_on_kept": self.retried,
                           "slowest_ms": round(self.slowest * 1000), "faults": self.faults[:5]})


def main():
    port, host, rate, stop_file = sys.argv[1:]
    load = Load(int(port), host, int(rate), stop_file)
    asyncio.run(load.run())
    print(load.report())


if __name__ == "__main__":
    main()
