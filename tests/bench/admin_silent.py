"""What keeps the admin endpoint's connections busy, and the slowest /healthz and /readyz meanwhile: connections that say
nothing, heads that do not end, clients that read no answer, pipelined requests, and scrapes at once.

Usage: admin_silent.py DAEMON [CONNECTIONS]"""

import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

LIMIT_S = 0.1
CHECKS = 200
PAUSE_S = 0.01
HEAD = b"Host: localhost\r\n\r\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ask(port, path):
    """How long one check takes, as a probe of Kubernetes makes it, and its status."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n" + HEAD)
        answer = b""
        while piece := client.recv(4096):
            answer += piece
    return time.monotonic() - began, answer[9:12]


def waited(process):
    """Seconds that a process's main thread has waited for a CPU: what a busy machine adds, and says nothing of us."""
    with open(f"/proc/{process}/task/{process}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e9


def check(port, path, process):
    """As ask(), and of the time what neither side waited for a CPU."""
    before = waited(process) + waited(os.getpid())
    took, status = ask(port, path)
    return took, max(0.0, took - (waited(process) + waited(os.getpid()) - before)), status


def opened(port, text, receive_buffer=0):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.connect(("127.0.0.1", port))
    try:
        client.sendall(text)
    except OSError:
        pass  # it has made room already
    return client


def kinds():
    """Name, what each connection sends, the size of its receive buffer, and how many of the connections do."""
    return (
        ("silent", b"", 0, 1),
        ("half a head", b"GET /healthz HTTP/1.1\r\nHost: loc", 0, 1),
        ("never reads /config", b"GET /config HTTP/1.1\r\n" + HEAD, 2048, 1),
        ("pipelined /metrics, never read", (b"GET /metrics HTTP/1.1\r\n" + HEAD) * 50, 2048, 0.1),
        ("scrapes of /metrics", b"GET /metrics HTTP/1.1\r\n" + HEAD, 0, 0.1),
        ("scrapes of different /pools", None, 0, 0.1),
    )


def measure(port, process, name, text, receive_buffer, count):
    """All of a kind are opened, with checks in between and after."""
    clients, slowest, slowest_own, bad = [], 0, 0, 0
    for number in range(count + CHECKS):
        if number < count:
            said = text if text is not None else b"GET /pools?contains=%d HTTP/1.1\r\n" % number + HEAD
            clients.append(opened(port, said, receive_buffer))
        else:
            time.sleep(PAUSE_S)
        if number % 10 == 0 or number >= count:
            took, own, status = check(port, b"/healthz" if number % 2 == 0 else b"/readyz", process)
            slowest, slowest_own = max(slowest, took), max(slowest_own, own)
            bad += status != b"200"
    for client in clients:
        client.close()
    good = slowest_own <= LIMIT_S and bad == 0
    print(f"{'ok' if good else 'SLOW':4}  {name:32} {count:5} connections: slowest health check {1000 * slowest:6.1f} ms, "
          f"{1000 * slowest_own:6.1f} ms without waiting for a CPU, {bad} not 200", flush=True)
    return good


def main(daemon, connections=2000):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    port, admin_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = os.path.join(folder, "c.yaml")
        overrides = "".join(f"  - match: o{i}.test\n" for i in range(500))  # makes /config a large page
        with open(config, "w", encoding="ascii") as file:
            file.write(f"listeners: [{{address: '127.0.0.1:{port}'}}]\nadmin: {{address: '127.0.0.1:{admin_port}'}}\n"
                       f"log: {{access: {{to: none}}}}\noverrides:\n{overrides}")
        with subprocess.Popen([daemon, "serve", "-f", config], stderr=subprocess.DEVNULL) as process:
            try:
                end = time.monotonic() + 60
                while time.monotonic() < end:
                    try:
                        if ask(admin_port, b"/readyz")[1] == b"200":
                            break
                    except OSError:
                        time.sleep(0.05)
                alone = max(ask(admin_port, b"/healthz")[0] for _ in range(CHECKS))
                print(f"      {'nothing else':32} {0:5} connections: slowest health check {1000 * alone:6.1f} ms")
                good = [measure(admin_port, process.pid, name, text, buffer, int(connections * share))
                        for name, text, buffer, share in kinds()]
            finally:
                process.send_signal(signal.SIGTERM)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *[int(number) for number in sys.argv[2:]]))
