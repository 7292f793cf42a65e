"""The row about our own deploy: the daemon replaces itself under traffic."""

import ctypes
import glob
import json
import os
import signal
import threading
import time

from processes import Failure
from proxies import Waits
from scene import H1, H2, ready_share
from traffic import Request

_PR_SET_CHILD_SUBREAPER = 36
_BETWEEN_S = 2.0


def deploy(scene):
    """Requests over fresh connections, h2 and http/1.1, while SIGUSR2 brings the next process, again and again."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # the next processes become our children
    restarts = 3 if scene.quick else 10
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    names = [f"deploy.{label}.test" for label in ports]
    for name in names:
        daemon.traffic.one(Request(name))
    time.sleep(2)
    before = len(_records(daemon))
    plan = [(second / 20, Request(names[second % 2])) for second in range(int(20 * _BETWEEN_S * (restarts + 1)))]
    deployer = _Deployer(daemon.child.pid, restarts)
    deployer.start()
    answers = daemon.traffic.timed(plan)
    processes = deployer.finish()
    records = _await_records(daemon, before + len(answers))[before:]
    found = Waits(*(sum(record.get("found") == word for record in records) for word in Waits._fields))
    scene.line(f"{restarts} hot restarts (SIGUSR2) under 20 requests/s, h2 and http/1.1: slowest of {len(answers)}",
               "≤ 1.5", scene.slowest(answers), 1.5, counts=f"{len(processes)} processes took over")
    scene.line("the same: failed", "0", sum(not answer.ok for answer in answers))
    scene.line("the same: ready", "≥ 99.9 %", ready_share(found), None, unit=" %",
               counts=f"ready {found.ready}, waited {found.waited}, dialed {found.dialed}")
    scene.expect_all_ok(answers)
    scene.expect(len(processes) == restarts, f"{len(processes)} of {restarts} processes took over")
    scene.expect(sum(found) == len(answers), f"{sum(found)} records of {len(answers)} requests")


def _records(daemon):
    lines = []
    for file in sorted(glob.glob(os.path.join(daemon.access_folder, "access_log*"))):
        with open(file, encoding="utf-8") as text:
            lines += text.read().splitlines()
    return [json.loads(line) for line in lines]


def _await_records(daemon, count):
    """The last of them are written a moment after their requests; what is there after 5 s, if they are fewer."""
    deadline = time.monotonic() + 5
    while len(records := _records(daemon)) < count and time.monotonic() < deadline:
        time.sleep(0.05)
    return records


class _Deployer:
    """Signals the process that serves, each time the one before has ended, from a thread."""

    def __init__(self, pid, times):
        self._pid = pid
        self._times = times
        self._took_over = []
        self._problem = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def finish(self):
        self._thread.join()
        os.kill(self._pid, signal.SIGTERM)
        if self._problem:
            raise self._problem
        return self._took_over

    def _run(self):
        try:
            for _ in range(self._times):
                time.sleep(_BETWEEN_S)
                self._replace()
        except (OSError, Failure) as problem:
            self._problem = problem

    def _replace(self):
        os.kill(self._pid, signal.SIGUSR2)
        deadline = time.monotonic() + 20
        child = None
        while child is None or os.path.exists(f"/proc/{self._pid}/exe") and not _is_zombie(self._pid):
            if time.monotonic() > deadline:
                raise Failure(f"process {self._pid} was not replaced within 20 s")
            child = child or _child_of(self._pid)
            time.sleep(0.01)
        self._pid = child
        self._took_over.append(child)


def _child_of(pid):
    for children in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(children, encoding="ascii") as text:
                found = text.read().split()
        except OSError:
            continue
        if found:
            return int(found[-1])
    return None


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as text:
            return text.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
