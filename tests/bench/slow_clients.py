"""10,000 slow clients (slowhttptest: heads, bodies and responses) beside normal traffic: nobody else fails, memory is
bounded, and all slow ones are cut in time. Latency beside them is reported with what it is alone, just before and just
after, for as long together; it isn't asserted. The slow ones get only the processor time that nobody else wants, as if
they came from other machines."""

import os
import signal
import subprocess
import sys
import threading
import time

import overload
from cases import CLIENT_HOST
from processes import Failure

# Long enough for all of them to be there at once, shorter than some defaults so that the check takes minutes; the rate
# is the default one.
DEADLINE_S = 30
TIMEOUTS = ", ".join(f"{name}: {DEADLINE_S}s" for name in ("client_head", "body_idle", "client_write"))
MEMORY_MIB = 256  # of each worker, as by default
RATE = 200  # normal requests a second
RUNS = 200  # of slowhttptest, which share the slow clients
INTERVAL_S = 3  # between two pieces of a head or body
# What slowhttptest is told, the target, and how many of its connections come in a second.
MODES = {
    "heads": (["-H", "-i", str(INTERVAL_S), "-x", "24"], "/large", 1000),
    "bodies": (["-B", "-t", "PUT", "-i", str(INTERVAL_S), "-x", "8", "-s", "8192"], "/upload/slow", 1000),
    "responses": (["-X", "-w", "256", "-y", "512", "-n", "5", "-z", "16", "-k", "1"], "/large", 200),
}


class SlowClients:
    """One attack: many runs of slowhttptest. One alone would move all of its clients in the same instant, which is a
    load of another kind. Once all of its clients have come and the first is cut, a run polls without a pause; it is
    stopped just before, so that it takes no processor from others, and its clients do nothing at all until they are cut,
    too."""

    def __init__(self, scene, mode, clients):
        words, target, rate = MODES[mode]
        arriving_s = clients / rate
        each_s = max(1, rate // RUNS)
        # Where they come for longer than a client lives, a run is stopped while two more seconds of them are to come.
        share = clients // RUNS + (2 * each_s if arriving_s > DEADLINE_S else 0)
        self._children = []
        self._until = threading.Timer(max(DEADLINE_S - 2, arriving_s), self._stand_still)
        self._until.start()
        for n in range(RUNS):
            command = ["slowhttptest", *words, "-c", str(share), "-r", str(each_s), "-l", "600", "-p", "120",
                       "-d", f"127.0.0.1:{scene.port}", "-u", f"http://{CLIENT_HOST}{target}"]
            with open(scene.workspace.file(f"slow-{mode}-{n}.out"), "wb") as out:
                self._children.append(subprocess.Popen(
                    ["chrt", "--idle", "0", "prlimit", f"--nofile={clients + 500}"] + command,
                    stdin=subprocess.DEVNULL, stdout=out, stderr=out))
            time.sleep(INTERVAL_S / RUNS)  # as machines that know nothing of each other

    def _stand_still(self):
        for child in self._children:
            child.send_signal(signal.SIGSTOP)
            time.sleep(INTERVAL_S / RUNS)  # each has had the same time

    def stop(self):
        self._until.cancel()
        for child in self._children:
            child.kill()
            child.wait()


class Watcher(threading.Thread):
    """The most memory and descriptors that the daemon had."""

    def __init__(self, scene):
        super().__init__(daemon=True)
        self._scene = scene
        self._over = threading.Event()
        self.most_mib = self.most_descriptors = 0

    def run(self):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # this thread's
        looks = 0
        while not self._over.wait(0.5):
            self.most_mib = max(self.most_mib, self._scene.resident_mib())
            if looks % 4 == 0:  # to list 10,000 of them takes milliseconds, which others miss
                self.most_descriptors = max(self.most_descriptors, self._scene.descriptors())
            looks += 1

    def finish(self):
        self._over.set()
        self.join()


def normal_traffic(scene, seconds, what):
    found = scene.load("--connections", 64, "--rate", RATE, "--duration", seconds, "--path", "/small",
                       "--expect", 100)
    scene.expect(f"{what}: {found['completed']} requests, {found['failed']} failed "
                 f"{found['errors'] if found['failed'] else ''}", found["failed"] == 0 and found["completed"] > 0)
    scene.tell(f"p50 {found['p50_us'] / 1000:.1f} ms, p99 {found['p99_us'] / 1000:.1f} ms, "
               f"max {found['max_us'] / 1000:.1f} ms")
    return found


def one_mode(scene, mode, clients):
    print(f"== slow {mode}")
    arriving_s = clients / MODES[mode][2]
    alone_s = (arriving_s + DEADLINE_S) / 2
    before_it = normal_traffic(scene, alone_s, "alone, before")
    fresh = scene.descriptors()
    before = scene.statuses()
    watcher = Watcher(scene)
    watcher.start()
    begin = time.monotonic()
    slow = SlowClients(scene, mode, clients)
    try:
        beside = normal_traffic(scene, arriving_s + DEADLINE_S, f"beside slow {mode}")
        # Two windows: one may begin with the bytes that the sockets held.
        patience = begin + 2 * arriving_s + 3 * DEADLINE_S - time.monotonic()
        # What is left: connections to the origin, and those of normal clients that are kept alive.
        left = scene.await_descriptors(fresh + 200, max(patience, 5))
        took = time.monotonic() - begin
    finally:
        slow.stop()
        watcher.finish()
    statuses = {code: n - before.get(code, 0) for code, n in scene.statuses().items()}
    after_it = normal_traffic(scene, alone_s, "alone, after")
    alone_us = (before_it["p99_us"] + after_it["p99_us"]) / 2
    scene.tell(f"p99 {beside['p99_us'] / max(alone_us, 1):.2f} times what it is alone; most memory "
               f"{watcher.most_mib:.0f} MiB; in the log: {statuses}")
    # Those that hold memory are cut before their time where it is wanted.
    if mode != "responses":
        scene.expect(f"most descriptors at once: {watcher.most_descriptors}, more than half of the slow ones",
                     watcher.most_descriptors > clients / 2)
    scene.expect(f"all slow ones were cut within {took:.0f} s", left is not None)
    bound = scene.workers * MEMORY_MIB + 64 + clients * 24 / 1024
    scene.expect(f"memory stayed below {bound:.0f} MiB", watcher.most_mib < bound)
    time.sleep(1)


def check(options):
    scene = overload.Scene(options, TIMEOUTS)
    normal_traffic(scene, 2, "warming up")
    for mode in options.modes.split(","):
        one_mode(scene, mode, options.clients)
    return scene.verdict()


def add_options(parser):
    parser.add_argument("--clients", type=int, default=10_000)
    parser.add_argument("--modes", default=",".join(MODES), help="which of " + ", ".join(MODES))


if __name__ == "__main__":
    try:
        sys.exit(overload.run(check, sys.argv[1:], __doc__, add_options))
    except FileNotFoundError as missing:
        raise SystemExit(str(Failure(f"slowhttptest or prlimit is missing: {missing}"))) from None
