"""The distance: a link of tests/wan between two namespaces, of which this process enters the near one."""

import ctypes
import json
import os
import socket
import statistics
import subprocess
import time

from processes import Failure

_WAN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "wan", "wan.sh")
_CLONE_NEWNET = 0x40000000
_UNUSED_PORT = 9  # nothing listens: the refusal takes one round trip and disturbs no origin
NEAR, FAR = "10.77.0.1", "10.77.0.2"


class Link:
    """Up from here to the end of this process, whichever way it ends. Enter before any thread is started."""

    def __init__(self, name, one_way_ms, *options):
        """`options`: further ones of wanlink."""
        self._name = name
        self._wan("up", "--owner", str(os.getpid()), "--delay-ms", str(one_way_ms), *options)
        self._enter(f"/run/netns/wan-a-{name}")
        self.rtt = self.measure_rtt()

    def far(self, command):
        """The command, as it must be spelt to run at the far end."""
        return ["ip", "netns", "exec", f"wan-b-{self._name}", *command]

    def add_far_address(self, address):
        subprocess.run(self.far(["ip", "addr", "add", f"{address}/24", "dev", "wan0"]), check=True)

    @staticmethod
    def tune_near(file):
        """The settings of a sysctl.d file, as far as they belong to a network namespace."""
        for line in open(file, encoding="ascii"):
            key, _, value = (part.strip() for part in line.partition("="))
            path = "/proc/sys/" + key.replace(".", "/")
            if key.startswith("net.ipv4.") and os.path.exists(path):
                with open(path, "w", encoding="ascii") as setting:
                    setting.write(value)

    def forget_flows(self):
        self._wan("blackhole")

    def lateness(self):
        """Share of packets that left more than 200 µs late, and the latest in ms: how busy the machine was."""
        packets = late = latest = 0
        for line in self._wan("stats").splitlines():
            counters = json.loads(line)
            packets += counters["out"]
            late += counters["late_over_200us"]
            latest = max(latest, counters["late_max_us"])
        return late / max(packets, 1), latest / 1000

    def measure_rtt(self, samples=15):
        return statistics.median(self._connect_seconds() for _ in range(samples))

    def _connect_seconds(self):
        with socket.socket() as probe:
            begin = time.monotonic()
            probe.connect_ex((FAR, _UNUSED_PORT))
            return time.monotonic() - begin

    def down(self):
        self._wan("down")

    def _wan(self, *words):
        done = subprocess.run([_WAN, "-n", self._name, *words], capture_output=True, text=True, check=False,
                              timeout=120)
        if done.returncode != 0:
            raise Failure(f"wan.sh {words[0]}: {done.stderr.strip()}")
        return done.stdout

    @staticmethod
    def _enter(path):
        libc = ctypes.CDLL(None, use_errno=True)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if libc.setns(descriptor, _CLONE_NEWNET) != 0:
                raise Failure(f"setns {path}: {os.strerror(ctypes.get_errno())}")
        finally:
            os.close(descriptor)
