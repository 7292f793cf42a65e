"""Clients that had one answer each and keep their connection; run as a program it is the process that holds them:
idle_clients.py PORT CLIENTS SOURCE_ADDRESS HOST. It says `held N`, then `alive N` for every line that it is sent, and
ends with its input."""

import os
import select
import socket
import subprocess
import sys

from processes import Failure

# Of one process: below the limit of descriptors, and below the ports of one address.
MOST_EACH = 10_000
AT_ONCE = 100
_HERE = os.path.abspath(__file__)


def shares(clients, most=MOST_EACH):
    """How many each process holds."""
    return [min(most, clients - begun) for begun in range(0, clients, most)]


class IdleClients:
    """The processes that hold `clients` connections to one daemon, each from a loopback address of its own."""

    def __init__(self, port, clients, host, cpu, patience_s=120):
        self._patience_s = patience_s
        self._children = [self._start(port, share, f"127.0.0.{2 + index}", host, cpu)
                          for index, share in enumerate(shares(clients))]

    @staticmethod
    def _start(port, share, source, host, cpu):
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(cpu), sys.executable, "-B", _HERE, str(port),
             str(share), source, host], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def held(self):
        """How many had their answer; waits until all have."""
        return sum(self._number_from(child, "held") for child in self._children)

    def alive(self):
        """How many are still connected, and were sent nothing that they did not ask for."""
        for child in self._children:
            child.stdin.write("alive?\n")
            child.stdin.flush()
        return sum(self._number_from(child, "alive") for child in self._children)

    def _number_from(self, child, word):
        ready, _, _ = select.select([child.stdout], [], [], self._patience_s)
        words = child.stdout.readline().split() if ready else []
        if len(words) != 2 or words[0] != word:
            raise Failure(f"idle clients: no `{word}` within {self._patience_s} s but {words}")
        return int(words[1])

    def close(self):
        for child in self._children:
            child.stdin.close()
            child.wait()
            child.stdout.close()
        self._children = []


def _ask(port, source, request):
    """A new connection that has sent its request, or None."""
    client = socket.socket()
    try:
        client.settimeout(30)
        client.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
        client.bind((source, 0))
        client.connect(("127.0.0.1", port))
        client.sendall(request)
        return client
    except OSError:
        client.close()
        return None


def _answered(client):
    """Whether it had its whole answer; else it is closed."""
    try:
        if _good_answer(client):
            client.setblocking(False)
            return True
    except OSError:
        pass
    client.close()
    return False


def connect_all(port, clients, source, request):
    """Connections that had their answer, some at a time: one by one waits for the scheduler each time."""
    held = []
    for begun in range(0, clients, AT_ONCE):
        asking = [_ask(port, source, request) for _ in range(min(AT_ONCE, clients - begun))]
        held += [client for client in asking if client and _answered(client)]
    return held


def _good_answer(client):
    """Reads a small response with its length; whether it came whole and says 200."""
    answer, missing = b"", 1
    while missing > 0:
        more = client.recv(4096)
        if not more:
            return False
        answer += more
        head, end, body = answer.partition(b"\r\n\r\n")
        if end:
            length = next((line.split(b":")[1] for line in head.lower().split(b"\r\n")
                           if line.startswith(b"content-length:")), b"0")
            missing = int(length) - len(body)
    return answer.startswith(b"HTTP/1.1 200 ")


def _stands(client):
    """Whether the connection is there and silent."""
    try:
        client.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def main(words):
    port, clients, source, host = words
    request = f"GET /small HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("ascii")
    held = connect_all(int(port), int(clients), source, request)
    print(f"held {len(held)}", flush=True)
    for _ in sys.stdin:
        print(f"alive {sum(_stands(client) for client in held)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
