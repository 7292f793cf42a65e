"""Rows about an origin that is in use: one request after the other, large ones, silence between them."""

import os
import statistics
import time

from direct import Direct
from scene import H1, H2, Counts
from traffic import Request
from web_origin import SIZES, Port

_PACKAGED_SYSCTL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging/sysctl/10-ccnproxy.conf")


def sequential(scene):
    ports = {"h2": H2}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    for _ in range(3):
        daemon.traffic.one(Request("one.h2.test"))
    counts = Counts(daemon)
    answers = []
    for _ in range(200 if scene.quick else 1000):
        with scene.quiet():
            answers.append(daemon.traffic.one(Request("one.h2.test")))
        time.sleep(0.001)  # lets a row in that waits for its turn
    times = sorted(scene.rtts(answer.seconds) for answer in answers)
    what = f"{len(answers):,} sequential warm requests"
    scene.line(f"{what}: p50", "≤ 1.02", statistics.median(times), 1.02, counts=counts.text())
    scene.line(f"{what}: p99", "≤ 1.10", times[int(len(times) * 0.99) - 1], 1.10)
    scene.line(f"{what}: slowest", "≤ 2", times[-1], 2.0)
    scene.expect_all_ok(answers)
    scene.expect_no_dial(counts, what)


def mib(scene):
    scene.link.tune_near(_PACKAGED_SYSCTL)
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    names = [f"mib{number}.{label}.test" for label in ports for number in range(3)]
    for name in names:
        daemon.traffic.one(Request(name))
    unproxied = [Direct(scene.workspace, f"direct{number}.h1.test", ports["h1"].number) for number in range(3)]
    for client in unproxied:
        client.seconds("/1k", SIZES["1k"])
    time.sleep(3 if scene.quick else 10)
    counts = Counts(daemon)
    idle, again = [], []
    for name in names:
        with scene.quiet():
            idle.append(daemon.traffic.one(Request(name, "/1m")))
            again.append(daemon.traffic.one(Request(name, "/1m")))
    for offset, label in ((0, "h2"), (3, "http/1.1")):
        _mib_lines(scene, label, idle[offset:offset + 3], again[offset:offset + 3])
    scene.note(counts.text())
    scene.note("directly, http/1.1, idle and again: " + ", ".join(_direct_mib(scene, client) for client in unproxied))
    scene.expect_all_ok(idle + again)
    scene.expect(all(answer.size == SIZES["1m"] for answer in idle + again), "a response was not 1 MiB long")


def _mib_lines(scene, label, idle, again):
    for what, answers, limit in (("on a connection that was idle", idle, 7.1), ("again at once", again, 2.1)):
        times = sorted(scene.rtts(answer.seconds) for answer in answers)
        scene.line(f"1 MiB, {label}: {what} (median of 3; worst {times[-1]:.2f})", f"≤ {limit}", times[1], limit)


def _direct_mib(scene, client):
    with scene.quiet():
        times = [scene.rtts(client.seconds("/1m", SIZES["1m"])) for _ in range(2)]
    return f"{times[0]:.2f} and {times[1]:.2f}"


def idle6(scene):
    ports = {"h2": Port(443, http2=True, idle="5s", requests=200),
             "h1": Port(444, http2=False, idle="5s", requests=200)}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    names = {"h2": "each6.h2.test", "http/1.1": "each6.h1.test"}
    for name in names.values():
        daemon.traffic.one(Request(name))
    counts = Counts(daemon)
    answers = {label: [] for label in names}
    for _ in range(5 if scene.quick else 10):
        time.sleep(6)
        for label, name in names.items():
            with scene.quiet():
                answers[label].append(daemon.traffic.one(Request(name)))
    for label, found in answers.items():
        scene.line(f"each 6 s to an origin that closes idle connections after 5 s, {label}: "
                   f"slowest of {len(found)}", "≤ 1.10", scene.slowest(found), 1.10,
                   counts=counts.text() if label == "h2" else "")
        scene.expect_all_ok(found)
    scene.expect_no_dial(counts, "each 6 s")


def idle65(scene):
    silence, limits = (12, (15, 10)) if scene.quick else (65, (75, 60))
    ports = {"h2": Port(443, http2=True, idle=f"{limits[0]}s"), "h1": Port(444, http2=False, idle=f"{limits[0]}s"),
             "h2s": Port(445, http2=True, idle=f"{limits[1]}s"), "h1s": Port(446, http2=False, idle=f"{limits[1]}s")}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    others = scene.peers({"h2": ports["h2s"], "h1": ports["h1s"]})
    names = {("h2", limits[0]): "silent.h2.test", ("http/1.1", limits[0]): "silent.h1.test",
             ("h2", limits[1]): "silent.h2s.test", ("http/1.1", limits[1]): "silent.h1s.test"}
    asked = [(daemon, name) for name in names.values()] + [(peer, peer.host) for peer in others]
    for proxy, name in asked:
        scene.expect_all_ok([proxy.traffic.one(Request(name))])
    time.sleep(silence)
    counts = Counts(daemon)
    with scene.quiet():
        answers = [proxy.traffic.one(Request(name)) for proxy, name in asked]
    compared = ", ".join(f"{proxy.label} {scene.rtts(answer.seconds):.2f}"
                         for (proxy, _), answer in zip(asked[len(names):], answers[len(names):]))
    for number, (label, limit) in enumerate(names):
        scene.line(f"after {silence} s without traffic, {label}, the origin closes idle connections after {limit} s",
                   "≤ 1.10", scene.rtts(answers[number].seconds), 1.10,
                   peers=compared if (label, limit) == ("h2", limits[1]) else "",
                   counts=counts.text() if number == 0 else "")
    scene.expect_all_ok(answers)
    scene.expect_no_dial(counts, f"after {silence} s of silence")
