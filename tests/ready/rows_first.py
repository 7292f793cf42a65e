"""Rows about the first request: to warm origins, to unknown ones, and to those that another worker knows."""

import os
import threading
import time

from processes import Failure
from scene import H1, H2, Counts, added, waits_text
from traffic import Request


def warm_first(scene):
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    names = ["warm.h2.test", "warm.h1.test"]
    daemon = scene.daemon(ports, pool={"warm": [f"https://{name}" for name in names]})
    starts = [_ask_first(scene, daemon, names)]
    for _ in range(1 if scene.quick else 4):
        daemon.stop()
        daemon.start()
        starts.append(_ask_first(scene, daemon, names))
    _line(scene, "first request to a `warm:` origin after the first start", starts[:1])
    _line(scene, "the same after a restart", starts[1:])
    daemon.stop()
    _after_crash(scene, ports)


def _ask_first(scene, daemon, names):
    """Waits for readiness, asks each; the answers and what the daemon counted."""
    daemon.await_ready()
    counts = Counts(daemon)
    with scene.quiet():
        answers = [daemon.traffic.one(Request(name)) for name in names]
    scene.expect_all_ok(answers)
    scene.expect_no_dial(counts, "the first request to a warm origin")
    return answers, counts.since()


def _line(scene, what, starts):
    answers = [answer for some, _ in starts for answer in some]
    scene.line(f"{what}, h2 and http/1.1: slowest of {len(answers)}", "≤ 1.10", scene.slowest(answers), 1.10,
               counts=waits_text(added([waits for _, waits in starts])))


def _after_crash(scene, ports):
    names = ["kept.h2.test", "kept.h1.test"]
    path = scene.workspace.file("state")
    daemon = scene.daemon(ports, pool={"state_file": path})
    starts = []
    scene.expect_all_ok([daemon.traffic.one(Request(name)) for name in names])
    for _ in range(1 if scene.quick else 4):
        _await_written(path, names)
        daemon.kill()
        daemon.start()
        starts.append(_ask_first(scene, daemon, names))
    _line(scene, "first request after kill -9 and a start with `state_file`", starts)


def _await_written(path, names, deadline_s=60):
    """The state is written in its own time; a crash takes what was not."""
    begin = time.monotonic()
    while time.monotonic() - begin < deadline_s:
        if os.path.exists(path):
            with open(path, encoding="utf-8") as text:
                state = text.read()
            if all(name in state for name in names):
                return
        time.sleep(0.05)
    raise Failure(f"state_file does not name the origins after {deadline_s} s")


def unseen(scene):
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    counts = Counts(daemon)
    compared = ", ".join(f"{peer.label} {_fresh_peer(scene, peer):.2f}" for peer in scene.peers(ports))
    for label, shown in (("h2", "h2"), ("h1", "http/1.1")):
        answers = []
        for number in range(10):
            with scene.quiet():
                answers.append(daemon.traffic.one(Request(f"unseen{number}.{label}.test")))
        times = sorted(scene.rtts(answer.seconds) for answer in answers)
        scene.line(f"first request to an origin never seen, {shown}: median of {len(times)}", "≤ 3.1",
                   (times[4] + times[5]) / 2, 3.1, peers=compared if label == "h2" else "")
        scene.line(f"the same, {shown}: slowest", "≤ 3.1", times[-1], 3.1,
                   counts=counts.text() if label == "h1" else "")
        scene.expect_all_ok(answers)


def _fresh_peer(scene, peer, runs=5):
    """In RTTs, the median of its first requests of all."""
    times = []
    for _ in range(runs):
        peer.restart()
        with scene.quiet():
            times.append(scene.rtts(peer.traffic.one(Request(peer.host)).seconds))
    return sorted(times)[runs // 2]


def first200(scene):
    workers = os.cpu_count()
    ports = {"h2": H2}
    origin = scene.origin(ports)
    daemon = scene.daemon(ports, workers=workers)
    for number in range(2 if scene.quick else 3):
        counts = Counts(daemon)
        before = origin.accepted()
        early = []
        # A TLS connection is accepted 1.5 RTT after it was asked for, and the protocol is known 2 RTT after: what
        # the origin has seen at 2.8 RTT was opened before, and a dial made knowing it arrives at 3.5.
        probe = threading.Timer(2.8 * scene.rtt, lambda: early.append(origin.accepted() - before))
        with scene.quiet():
            probe.start()
            answers = daemon.traffic.at_once([Request(f"crowd{number}.h2.test", "/512") for _ in range(200)])
        probe.join()
        handshakes = origin.accepted() - before
        scene.line(f"200 simultaneous first requests to an unknown h2 origin, 512 B: slowest (run {number + 1})", "≤ 5.2",
                   scene.slowest(answers), 5.2, counts=f"{counts.text()}; at the origin {early[0]} handshakes before "
                   f"the protocol was known, {handshakes} at the end; {workers} workers")
        scene.expect_all_ok(answers)
        scene.expect(early[0] <= workers, f"{early[0]} handshakes before the protocol was known, {workers} workers")
        time.sleep(2)


def other_worker(scene):
    ports = {"h2": H2, "h1": H1}
    origin = scene.origin(ports)
    daemon = scene.daemon(ports, workers=4)
    for label, shown in (("h2", "h2"), ("h1", "http/1.1")):
        name = f"elsewhere.{label}.test"
        first = daemon.traffic.one(Request(name))
        time.sleep(2)
        counts, before = Counts(daemon), origin.accepted()
        answers = []
        for _ in range(100):
            with scene.quiet():
                answers.append(daemon.traffic.one(Request(name)))
            time.sleep(0.001)
        scene.line(f"4 workers, one has the origin ready, {shown}: slowest of {len(answers)} over fresh connections",
                   "≤ 1.10", scene.slowest(answers), 1.10,
                   counts=f"{counts.text()}; at the origin {origin.accepted() - before} handshakes")
        scene.expect_all_ok([first, *answers])
        scene.expect_no_dial(counts, f"4 workers, {shown}")
