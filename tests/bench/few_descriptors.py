"""256 descriptors and 1,000 clients: no busy loop while the daemon is full, every client is answered or refused in words, /hc and
/healthz are answered all the while, and afterwards all is as before."""

import selectors
import socket
import sys
import time

import overload
from health import HealthWatch
from cases import CLIENT_HOST

CLIENTS = 1000
OPEN_FILES = 256
IDLE_S = 5
REQUEST = f"GET /small HTTP/1.1\r\nHost: {CLIENT_HOST}\r\n\r\n".encode("ascii")
BEGUN = len(REQUEST) - 10  # a head that is not complete keeps its place


def connect_all(port):
    clients = []
    for _ in range(CLIENTS):
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        client.sendall(REQUEST[:BEGUN])
        client.setblocking(False)
        clients.append(client)
    return clients


def was_refused(client):
    """Whether it has had its 503 in words already."""
    try:
        answer = client.recv(4096)
    except BlockingIOError:
        return False
    return answer.startswith(b"HTTP/1.1 503 ") and b"connection_limit_reached" in answer and b"limits.clients" in answer


def answers(clients, patience_s):
    """How many got 200, and how many anything else, once each has sent the rest of its request."""
    waiting = selectors.DefaultSelector()
    good = bad = 0
    for client in clients:
        try:
            client.sendall(REQUEST[BEGUN:])
        except OSError:
            bad += 1
            continue
        waiting.register(client, selectors.EVENT_READ)
    end = time.monotonic() + patience_s
    while waiting.get_map() and time.monotonic() < end:
        for key, _ in waiting.select(1):
            try:
                answer = key.fileobj.recv(4096)
            except OSError:
                answer = b""
            good += answer.startswith(b"HTTP/1.1 200 ")
            bad += not answer.startswith(b"HTTP/1.1 200 ")
            waiting.unregister(key.fileobj)
    return good, bad


def check(options):
    scene = overload.Scene(options, "client_head: 2m", "", OPEN_FILES)
    first = scene.load("--connections", 4, "--requests", 100, "--path", "/small", "--expect", 100)
    scene.expect(f"{first['completed']} requests before", first["failed"] == 0)
    health = HealthWatch(scene.port, scene.admin)
    clients = connect_all(scene.port)
    time.sleep(2)
    full = scene.descriptors()
    scene.expect(f"full: {full} descriptors of {OPEN_FILES}, some of them left for origins",
                 OPEN_FILES / 3 < full < OPEN_FILES - 16)
    before = scene.cpu_seconds()
    time.sleep(IDLE_S)
    share = (scene.cpu_seconds() - before) / IDLE_S
    scene.tell(f"CPU while full and idle: {100 * share:.1f} % of one core")
    scene.expect("no busy loop: less than half a core", share < 0.5)
    health.end()
    health.tell(scene)
    held = [client for client in clients if not was_refused(client)]
    good, bad = answers(held, 120)
    scene.expect(f"of {CLIENTS} clients {len(clients) - len(held)} were refused in words, {good} got their answer, {bad} another",
                 good == len(held) and good > OPEN_FILES / 4 and bad == 0)
    for client in clients:
        client.close()
    after = scene.load("--connections", 32, "--requests", 2000, "--path", "/small", "--expect", 100)
    scene.expect(f"{after['completed']} requests after, {after['failed']} failed",
                 after["failed"] == 0 and after["completed"] == 2000)
    return scene.verdict()


if __name__ == "__main__":
    sys.exit(overload.run(check, sys.argv[1:], __doc__))
