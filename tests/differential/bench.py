"""The scene of both tests (origins, proxies, certificates) and how their results are told."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from origin import Origin
from subjects import CCNPROXY, HAPROXY, HOST, NGINX, Direct, Proxied

HERE = pathlib.Path(__file__).resolve().parent


def _certificates(work):
    """A CA of our own and a certificate for the names, as the end-to-end tests make them."""
    library = HERE.parent / "e2e" / "lib" / "certificates.sh"
    subprocess.run(["bash", "-c", 'source "$1" && make_certificates "$2" "$3" "*.$3"', "-", library, work, HOST], check=True)


def _free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Scene:
    """Everything that runs, in a temporary folder; gone when it is left."""

    def __init__(self, ccnproxy):
        self._ccnproxy = ccnproxy
        self._children = []
        self.work = tempfile.mkdtemp(prefix="ccnproxy-differential-")
        os.chmod(self.work, 0o755)

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.wait(10)
        shutil.rmtree(self.work, ignore_errors=True)

    def of(self, protocol):
        """The origin, the subjects to compare with, and ccnproxy, for "h1" or "h2"."""
        return self._sets[protocol]

    def _start(self):
        _certificates(self.work)
        pair = (f"{self.work}/server.pem", f"{self.work}/server.key")
        h1, h2 = Origin(*pair, "http/1.1"), Origin(*pair, "h2")
        self.port, nginx, haproxy_h1, haproxy_h2 = _free_ports(4)
        values = {"work": self.work, "host": HOST, "h1": h1.port, "h2": h2.port, "origin": h1.port,
                  "user": "user root;" if os.geteuid() == 0 else ""}
        self._run("ccnproxy", CCNPROXY, {**values, "port": self.port}, [self._ccnproxy, "serve", "-f"], self.port)
        self._run("haproxy", HAPROXY, {**values, "h1_port": haproxy_h1, "h2_port": haproxy_h2}, ["haproxy", "-db", "-f"], haproxy_h1)
        self._run("nginx", NGINX, {**values, "port": nginx},
                  ["nginx", "-p", self.work, "-e", f"{self.work}/nginx.err", "-c"], nginx)
        self._sets = {
            "h1": (h1, [Direct(self.work, h1), Proxied("nginx", self.work, nginx, HOST),
                        Proxied("haproxy", self.work, haproxy_h1, HOST)],
                   Proxied("ccnproxy", self.work, self.port, "h1.origin.test.ccnproxy-https")),
            "h2": (h2, [Direct(self.work, h2), Proxied("haproxy", self.work, haproxy_h2, HOST)],
                   Proxied("ccnproxy", self.work, self.port, "h2.origin.test.ccnproxy-https"))}

    def _run(self, name, template, values, command, port):
        config = f"{self.work}/{name}.conf"
        pathlib.Path(config).write_text(template.format(**values), encoding="utf-8")
        log = f"{self.work}/{name}.log"
        with open(log, "wb") as out:
            child = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command, config], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self._children.append(child)
        deadline = time.monotonic() + 30
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{name} does not start: {pathlib.Path(log).read_text(encoding='utf-8', errors='replace')[-2000:]}")
            time.sleep(0.01)


def _answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def reasons_of(name):
    """{row: reason} of a file of lines "ROW: REASON"; # begins a comment."""
    reasons = {}
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            row, _, reason = line.partition(" -- ")
            reasons[row.strip()] = reason.strip()
    return reasons


def report(results, reasons, show_all, whole):
    """Prints what differs without a reason, then "N passed, N failed". The exit code."""
    failed = 0
    for name, fault, seen in results:
        excused = fault == "differs" and reasons.get(name)
        if fault and not excused:
            failed += 1
            print(f"not ok - {name}: {fault}\n#   {seen}")
        elif show_all:
            print(f"ok - {name}{' # ' + reasons[name] if excused else ''}\n#   {seen}")
    if whole:
        rows = {name for name, _, _ in results}
        for name in sorted(set(reasons) - rows):
            failed += 1
            print(f"not ok - a reason is given for a row that does not exist: {name}")
        for name in sorted(name for name, fault, _ in results if name in reasons and not fault):
            print(f"# {name} does not differ with these versions: {reasons[name]}")
    print(f"{len(results) - min(failed, len(results))} passed, {failed} failed")
    return 1 if failed else 0
