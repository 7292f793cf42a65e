"""One client stops reading a response of 100 MB while another fetches again and again over the same
connection to the origin: the other's latency with and without the stopped one, and exact counts."""

import contextlib
import re
import socket
import sys

import counted
from cases import CLIENT_HOST
from origin import SIZES
from processes import Failure, resident_mib

FETCHES = {"small": 2000, "large": 100}
# A proxy that holds the stopped client's response in memory grows by about 95 MiB.
MAY_GROW_MIB = 64


class StoppedClient:
    """Asks for the huge file, takes its head and first bytes, and reads no more until finish()."""

    def __init__(self, port):
        self._socket = socket.socket()
        self._socket.settimeout(60)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(f"GET /huge HTTP/1.1\r\nHost: {CLIENT_HOST}\r\n\r\n".encode("ascii"))
        head = b""
        while b"\r\n\r\n" not in head:
            head += self._take()
        lines, _, body = head.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", lines)
        if not lines.startswith(b"HTTP/1.1 200 ") or not length:
            raise Failure(f"the huge file: {lines.decode('latin-1')}")
        self._length = int(length.group(1))
        self._got = len(body)

    def _take(self):
        bytes_now = self._socket.recv(1 << 20)
        if not bytes_now:
            raise Failure("the connection of the stopped client was closed")
        return bytes_now

    def finish(self):
        """Reads the rest; returns the bytes of the whole body."""
        with contextlib.closing(self._socket):
            while self._got < self._length:
                self._got += len(self._take())
        return self._got


def fetch_all(scene, when):
    for name, requests in FETCHES.items():
        found = scene.load("--path", "/" + name, "--expect", SIZES[name], "--requests", requests,
                           "--duration", 20)
        scene.expect(f"{when}, {found['completed']} of {requests} fetches of {SIZES[name]:,} B: p50 "
                     f"{found['p50_us']:.0f} µs, p99 {found['p99_us']:.0f} µs, max {found['max_us']:.0f} µs",
                     found["completed"] == requests and found["failed"] == 0)


def check(scene):
    fetch_all(scene, "alone")
    before = resident_mib(scene.proxy.pids())
    stopped = StoppedClient(scene.proxy.port)
    fetch_all(scene, "beside a stopped reader")
    grown = resident_mib(scene.proxy.pids()) - before
    scene.expect(f"memory grew by {grown:.1f} MiB, less than {MAY_GROW_MIB}", grown < MAY_GROW_MIB)
    got = stopped.finish()
    scene.expect(f"the stopped reader goes on and gets all {got:,} B", got == SIZES["huge"])
    fetch_all(scene, "alone again")
    used, accepted = scene.opened()
    scene.expect(f"TLS connections opened at the origin: {accepted}", used == accepted == 1)


if __name__ == "__main__":
    sys.exit(counted.run(check, sys.argv[1:], __doc__, workers=1))
