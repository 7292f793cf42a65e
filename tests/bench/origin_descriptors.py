"""Few descriptors, many origins: every request is answered or refused in words, and /hc and /healthz are answered all the while.
(a) 200 descriptors, one client, 400 origins of one request each; (b) 1,024 descriptors, 20 slow http/1.1 origins, 60 clients."""

import argparse
import collections
import http.client
import os
import socket
import ssl
import sys
import threading
import time

from health import HealthWatch
from origin import make_certificates
from processes import Failure, Workspace, await_port, free_port, process_tree

HOST = "bench.test"
_CONFIG = """
listeners: [{{address: "127.0.0.1:{port}"}}]
admin: {{address: "127.0.0.1:{admin}"}}
workers: {workers}
overrides:
  - match: "*.{host}"
    connect_to: 127.0.0.1:{origin}
    tls: {{ca_file: {ca}}}
log:
  level: info
  access: {{to: none}}
"""
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class SlowOrigin:
    """Speaks http/1.1 over TLS under any name; each answer comes `delay_s` after its request."""

    def __init__(self, workspace, delay_s):
        self._delay_s = delay_s
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(workspace.file("origin.crt"), workspace.file("origin.key"))
        self._tls.set_alpn_protocols(["http/1.1"])
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            threading.Thread(target=self._serve, args=(self._listener.accept()[0],), daemon=True).start()

    def _serve(self, raw):
        try:
            with self._tls.wrap_socket(raw, server_side=True) as connection:
                while connection.recv(65536):
                    time.sleep(self._delay_s)
                    connection.sendall(_ANSWER)
        except OSError:
            pass


class Scene:
    """The origin, and one daemon whose limit of open files, soft and hard, is `open_files`."""
    _failed = 0

    def __init__(self, options, open_files, delay_s):
        self.workspace = Workspace()
        make_certificates(self.workspace)
        self.origin = SlowOrigin(self.workspace, delay_s)
        self.port, self.admin = free_port(), free_port()
        config = self.workspace.file("ccnproxy.yaml", _CONFIG.format(
            port=self.port, admin=self.admin, workers=options.workers, host=HOST, origin=self.origin.port,
            ca=self.workspace.file("ca.crt")))
        self._child = self.workspace.start("ccnproxy", ["prlimit", f"--nofile={open_files}:{open_files}", options.ccnproxy,
                                                        "serve", "-f", config])
        await_port(self.port, self._child, lambda: self.workspace.output_of("ccnproxy", 40))
        self.most_descriptors = 0

    def look(self):
        folder = f"/proc/{process_tree(self._child.pid)[-1]}/fd"
        self.most_descriptors = max(self.most_descriptors, len(os.listdir(folder)))

    @classmethod
    def expect(cls, what, holds):
        print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
        cls._failed += not holds

    @classmethod
    def verdict(cls):
        return 1 if cls._failed else 0


def is_in_words(status, head, body):
    return status == 503 and "connection_limit_reached" in head.get("Proxy-Status", "") and "limits." in body


class Client:
    """One connection, opened again where it was closed; counts its answers."""

    def __init__(self, port, counts):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._counts = counts

    def ask(self, number):
        try:
            self._connection.request("GET", "/", headers={"Host": f"o{number}.{HOST}.ccnproxy-https"})
            answer = self._connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
            if answer.status == 200:
                self._counts["answered"] += 1
            elif is_in_words(answer.status, answer.headers, body):
                self._counts["refused"] += 1
            else:
                self._counts["failed"] += 1
                self._counts[f"{answer.status} {body[:120].strip()}"] += 1
        except (OSError, http.client.HTTPException) as failure:
            self._connection.close()
            self._counts["failed"] += 1
            self._counts[repr(failure)] += 1


def run_clients(scene, clients, requests, number_of):
    """Counts of all answers. Request k of client i goes to origin number_of(i, k)."""
    counts = [collections.Counter() for _ in range(clients)]

    def work(i):
        client = Client(scene.port, counts[i])
        for k in range(requests):
            client.ask(number_of(i, k))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        scene.look()
        time.sleep(0.02)
    return sum(counts, collections.Counter())


def check_case(options, name, open_files, delay_s, clients, requests, number_of):
    scene = Scene(options, open_files, delay_s)
    health = HealthWatch(scene.port, scene.admin)
    counts = run_clients(scene, clients, requests, number_of)
    health.end()
    scene.expect(f"({name}) {clients * requests} requests: {counts['answered']} answered, {counts['refused']} refused in words, "
                 f"{counts['failed']} failed", counts["answered"] + counts["refused"] == clients * requests)
    for what, count in counts.items():
        if what not in ("answered", "refused", "failed"):
            print(f"     {count} x {what}")
    health.tell(scene)
    scene.expect(f"{scene.most_descriptors} descriptors of {open_files} at most", scene.most_descriptors < open_files)


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ccnproxy", required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(words)
    try:
        check_case(options, "a", 200, 0, 1, 400, lambda i, k: k)
        check_case(options, "b", 1024, 0.2, 60, 40, lambda i, k: (i + k) % 20)
    except Failure as failure:
        print(f"FAIL {failure}")
        return 1
    return Scene.verdict()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
