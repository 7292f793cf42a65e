"""Starts, watches and stops the programs of a benchmark run; nothing outlives the run."""

import atexit
import contextlib
import glob
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


class Failure(Exception):
    """The run can't go on; the text is for the person who started it."""


class Workspace:
    """A temporary folder and the processes started for it; both are gone when the program ends."""

    def __init__(self, keep=False):
        parent = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = tempfile.mkdtemp(prefix="ccnproxy-bench-", dir=parent)
        os.chmod(self.path, 0o755)
        self._keep = keep
        self._children = []
        atexit.register(self.close)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(130))

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path

    def folder(self, name):
        path = self.file(name)
        os.makedirs(path, exist_ok=True)
        return path

    def start(self, name, command, cpu=None, env=None):
        """Starts a daemon; what it prints goes to NAME.out. It ends with us, whatever ends us."""
        pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
        with open(self.file(name + ".out"), "ab") as out:
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM"] + pin + command,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        self._children.append(child)
        return child

    def output_of(self, name, lines=8):
        with open(self.file(name + ".out"), encoding="utf-8", errors="replace") as text:
            return "".join(text.readlines()[-lines:])

    def close(self):
        for child in reversed(self._children):
            stop(child)
        self._children = []
        if not self._keep:
            shutil.rmtree(self.path, ignore_errors=True)


def stop(child, patience=5):
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def free_port():
    """A port that nothing listens on, below those that the kernel gives to outgoing connections."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as text:
        lowest = int(text.read().split()[0])
    for _ in range(200):
        port = random.randrange(10240, max(lowest, 11000))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failure("no free port below the ephemeral range")


def await_port(port, child, describe, deadline_s=20):
    """Seconds until the port accepts."""
    begin = time.monotonic()
    while time.monotonic() - begin < deadline_s:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.monotonic() - begin
        if child.poll() is not None:
            break
        time.sleep(0.002)
    raise Failure("does not listen: " + describe())


def process_tree(pid):
    """The process and all that descend from it."""
    found = [pid]
    for parent in found:
        for children in glob.glob(f"/proc/{parent}/task/*/children"):
            with contextlib.suppress(OSError), open(children, encoding="ascii") as text:
                found += [int(word) for word in text.read().split()]
    return found


def resident_mib(pids):
    """Resident memory of these processes added up; pages that they share count in each."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status", encoding="ascii") as text:
                total += int(re.search(r"VmRSS:\s+(\d+)", text.read()).group(1))
        except (OSError, AttributeError):
            continue
    return total / 1024


def run_load(program, cpu, arguments, may_fail=True):
    """Runs the load generator (`program`: the words that start it) and returns what it found."""
    pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
    command = pin + program + [str(word) for word in arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    try:
        result = json.loads(done.stdout)
    except ValueError:
        raise Failure(f"bench_load failed: {done.stderr.strip()}") from None
    if result["failed"] and not may_fail:
        raise Failure(f"{result['failed']} requests failed: {result['errors']}")
    return result


def first_line(command):
    """What a program says about its version, or nothing where it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).strip().split("\n")[0]
