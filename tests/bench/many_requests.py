"""100,000 requests by wrk over 64 connections and 20,000 with a new connection each, h2 to the origin:
none fails, and the origin sees no more TLS connections than the streams at once call for."""

import math
import re
import subprocess
import sys

import counted
from cases import CLIENT_HOST
from processes import Failure

KEEP_ALIVE, CLIENTS = 100_000, 64
NEW_CONNECTION, NEW_CLIENTS = 20_000, 32
STREAMS_A_CONNECTION = 100


def wrk(port):
    """(requests, errors of any kind) of two seconds of wrk, which can't be told a number of requests."""
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CLIENTS}", "-d2s", "-H", f"Host: {CLIENT_HOST}",
         f"http://127.0.0.1:{port}/small"], capture_output=True, text=True, check=False, timeout=60)
    total = re.search(r"(\d+) requests in", done.stdout)
    if done.returncode != 0 or not total:
        raise Failure("wrk: " + done.stdout + done.stderr)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", done.stdout)
    status = re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout)
    errors = sum(int(word) for found in (sockets, status) if found for word in found.groups())
    return int(total.group(1)), errors


def wrk_until(port, enough):
    requests = errors = 0
    while requests < enough and not errors:
        more, wrong = wrk(port)
        if not more and not wrong:
            raise Failure("wrk completed nothing in two seconds")
        requests, errors = requests + more, errors + wrong
    return requests, errors


def check(scene):
    requests, errors = wrk_until(scene.proxy.port, KEEP_ALIVE)
    scene.expect(f"wrk, {CLIENTS} keep-alive connections: {requests:,} requests, {errors} errors",
                 requests >= KEEP_ALIVE and errors == 0)
    found = scene.load("--connections", NEW_CLIENTS, "--connection-each", "--requests", NEW_CONNECTION,
                       "--duration", 300, "--path", "/small", "--expect", 100)
    scene.expect(f"a new connection each: {found['completed']:,} requests, {found['failed']} errors "
                 f"{found['errors'] if found['failed'] else ''}",
                 found["completed"] == NEW_CONNECTION and found["failed"] == 0)
    used, accepted = scene.opened()
    allowed = scene.workers * math.ceil(max(CLIENTS, NEW_CLIENTS) / STREAMS_A_CONNECTION)
    spoken = scene.origin.protocols(scene.proxy.name)
    scene.expect(f"the origin was spoken to in {', '.join(spoken)}", spoken == ["HTTP/2.0"])
    scene.expect(f"TLS connections opened at the origin: {accepted} ({used} carried requests), at most "
                 f"{allowed} for {scene.workers} workers", 0 < used <= accepted <= allowed)


if __name__ == "__main__":
    sys.exit(counted.run(check, sys.argv[1:], __doc__, workers=2))
