"""One daemon of a growth run: started, filled with what it is to hold, and asked whether it holds it still."""

import os
import re
import time
import urllib.error
import urllib.request

from growth_subjects import HOT_NAMES, NAMES, configuration
from idle_clients import IdleClients
from processes import Failure, await_port, free_port, process_tree, resident_mib, run_load, stop

READY_S = 120
IDLE_AFTER_S = 2


class Daemon:
    """`origin_port`: where all of its names lead. `load`: the load generator, which runs on `load_cpu`."""

    def __init__(self, subject, workspace, program, origin_port, load, load_cpu):
        self.subject = subject
        self._load, self._load_cpu = load, load_cpu
        self._workspace = workspace
        self._port, self._admin = free_port(), free_port()
        self._clients = None
        self._log = workspace.folder(subject.name + ".log")
        config = workspace.file(subject.name + ".yaml", configuration(
            subject, port=self._port, admin=self._admin, origin=origin_port,
            ca=workspace.file("ca.crt"), log=self._log))
        cpus = f"0-{os.cpu_count() - 1}" if subject.cpus == "all" else subject.cpus
        self._child = workspace.start(subject.name, [program, "serve", "-f", config], cpus)
        await_port(self._port, self._child, lambda: workspace.output_of(subject.name))
        self._await_ready()

    def _await_ready(self):
        deadline = time.monotonic() + READY_S
        while not self._is_ready():
            if time.monotonic() > deadline:
                raise Failure(f"{self.subject.name} is not ready after {READY_S} s: "
                              f"{self._workspace.output_of(self.subject.name)}")
            time.sleep(0.02)

    def _is_ready(self):
        self.pid()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/readyz", timeout=10) as answer:
                return answer.status == 200
        except urllib.error.URLError:
            return False

    def pid(self):
        if self._child.poll() is not None:
            raise Failure(f"{self.subject.name} ended with status {self._child.returncode}: "
                          f"{self._workspace.output_of(self.subject.name)}")
        return process_tree(self._child.pid)[-1]

    def resident_kib(self):
        return resident_mib([self.pid()]) * 1024

    def held(self):
        """Its memory now, and its connections to origins."""
        return {"kib": self.resident_kib(), "connections": self._origin_connections()}

    def held_when_idle(self):
        """The same, once the buffers of the last requests have been given back, which takes a second."""
        time.sleep(IDLE_AFTER_S)
        return self.held()

    def load(self, names, *words):
        """Keep-alive clients that ask for so many of the names in turn."""
        return run_load([self._load], self._load_cpu, [
            "--port", self._port, "--host", NAMES + ".ccnproxy-https", "--hosts", names, "--connections", 64,
            "--path", "/small", "--expect", 100, "--watch", self.pid(), *words])

    def ask_each_once(self):
        names = self.subject.origins
        found = self.load(names, "--requests", names, "--duration", 60)
        if found["completed"] != names:
            raise Failure(f"{self.subject.name}: {found['completed']} of {names} names answered, {found['errors']}")

    def hold_clients(self):
        """Connects the idle clients; all of them must have had an answer."""
        host = NAMES.replace("%", "0") + ".ccnproxy-https"
        self._clients = IdleClients(self._port, self.subject.clients, host, self._load_cpu)
        held = self._clients.held()
        if held != self.subject.clients:
            raise Failure(f"{self.subject.name}: only {held} idle clients had an answer")

    def lost(self):
        """What it should hold and does not, as a sentence, or nothing."""
        alive = self._clients.alive() if self._clients else 0
        return lost(self.subject, alive, self._origin_connections())

    def _origin_connections(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self._admin}/metrics", timeout=30) as answer:
            return count_connections(answer.read().decode("utf-8"))

    def trim_log(self, above=32 << 20):
        for entry in os.scandir(self._log):
            if entry.stat().st_size > above:
                os.truncate(entry.path, 0)

    def stop(self):
        if self._clients:
            self._clients.close()
        stop(self._child, patience=10)


def count_connections(metrics):
    """Connections to all origins whose handshake is over, by the page of metrics."""
    rows = re.findall(r'^ccnproxy_upstream_connections\{[^}]*protocol="(?:h2|http/1\.1)"[^}]*\} (\d+)$', metrics,
                      re.MULTILINE)
    return sum(int(count) for count in rows)


def lost(subject, clients, connections):
    """What a daemon that holds so many should hold and does not, as a sentence, or nothing."""
    if clients < subject.clients:
        return f"{subject.name}: {subject.clients - clients} idle clients were closed"
    if connections < subject.origins:
        return f"{subject.name}: only {connections} connections to {subject.origins} origins"
    return ""


def cpu_ns(pid):
    """What the scheduler counted for all threads of a process."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as text:
            total += int(text.read().split()[0])
    return total


def hot_names(subject):
    return min(HOT_NAMES, subject.origins)
