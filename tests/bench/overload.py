"""What the overload checks (slow_clients, few_descriptors) share: nginx as the origin, ccnproxy with limits of the
check's own, and what can be seen of its process. Times are reported; what is asserted is counted."""

import argparse
import glob
import json
import os
import sys
import time

from cases import CLIENT_HOST
from origin import HOST, Origin
from processes import Failure, Workspace, await_port, free_port, process_tree, resident_mib, run_load

_CONFIG = """
listeners: [{{address: "127.0.0.1:{port}"}}]
admin: {{address: "127.0.0.1:{admin}"}}
workers: {workers}
timeouts: {{{timeouts}}}
limits: {{{limits}}}
overrides:
  - match: {host}
    connect_to: 127.0.0.1:{origin}
    tls: {{ca_file: {ca}}}
log:
  level: info
  access: {{to: {log}}}
"""
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Scene:
    """The origin and one daemon. `open_files` is its limit of descriptors, soft and hard; 0 leaves it."""

    def __init__(self, options, timeouts="", limits="", open_files=0):
        self.workspace = Workspace()
        self._load = options.load
        self.workers = options.workers
        self.origin = Origin(self.workspace, ["ccnproxy"], None)
        self.port, self.admin = free_port(), free_port()
        self._log = self.workspace.folder("access")
        config = self.workspace.file("ccnproxy.yaml", _CONFIG.format(
            port=self.port, admin=self.admin, workers=options.workers, timeouts=timeouts, limits=limits, host=HOST,
            origin=self.origin.ports["ccnproxy"], ca=self.workspace.file("ca.crt"), log=self._log))
        limit = ["prlimit", f"--nofile={open_files}:{open_files}"] if open_files else []
        self._child = self.workspace.start("ccnproxy", limit + [options.ccnproxy, "serve", "-f", config])
        await_port(self.port, self._child, self.daemon_says)
        self._failed = 0

    def daemon_says(self):
        return self.workspace.output_of("ccnproxy", 40)

    def pid(self):
        if self._child.poll() is not None:
            raise Failure(f"the daemon ended with status {self._child.returncode}: {self.daemon_says()}")
        return process_tree(self._child.pid)[-1]

    def load(self, *words):
        return run_load([self._load], None, ["--port", self.port, "--host", CLIENT_HOST, *words])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid()}/fd"))

    def resident_mib(self):
        return resident_mib([self.pid()])

    def cpu_seconds(self):
        with open(f"/proc/{self.pid()}/stat", encoding="ascii") as text:
            fields = text.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND

    def statuses(self):
        """How often each status stands in the access log."""
        found = {}
        for path in glob.glob(self._log + "/*"):
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    if line.endswith("\n"):
                        status = json.loads(line)["status"]
                        found[status] = found.get(status, 0) + 1
        return found

    def await_descriptors(self, most, patience_s):
        """Seconds until the daemon holds no more than so many descriptors, or None."""
        begin = time.monotonic()
        while self.descriptors() > most:
            if time.monotonic() - begin > patience_s:
                return None
            time.sleep(0.1)
        return time.monotonic() - begin

    @staticmethod
    def tell(what):
        print(f"     {what}")
        sys.stdout.flush()

    def expect(self, what, holds):
        print(f"{'ok  ' if holds else 'FAIL'} {what}")
        sys.stdout.flush()
        self._failed += not holds

    def verdict(self):
        return 1 if self._failed else 0


def run(check, words, text, add_options=None):
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--ccnproxy", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--workers", type=int, default=2)
    if add_options:
        add_options(parser)
    options = parser.parse_args(words)
    try:
        return check(options)
    except Failure as failure:
        print(f"FAIL {failure}")
        return 1
