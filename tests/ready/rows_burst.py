"""Rows about fifty requests at once."""

import statistics
import time

from scene import H1, H2, Counts
from traffic import Request

_AT_ONCE = 50
_SIZES = {"512": "512 B", "1k": "1 KiB", "4k": "4 KiB"}


def _burst(scene, proxy, name, path):
    with scene.quiet():
        answers = proxy.traffic.at_once([Request(name, path) for _ in range(_AT_ONCE)])
    scene.expect_all_ok(answers)
    return answers


def burst50(scene):
    ports = {"h2": H2}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    for size, shown in _SIZES.items():
        names = [f"burst{number}-{size}.h2.test" for number in range(3)]
        for name in names:
            daemon.traffic.one(Request(name, "/" + size))
        time.sleep(2)
        counts = Counts(daemon)
        slowest = max(scene.slowest(_burst(scene, daemon, name, "/" + size)) for name in names)
        wanted, limit = ("≤ 2.1", 2.1) if size == "512" else ("", None)
        scene.line(f"burst of {_AT_ONCE}, h2, one warm connection, {shown}, the first time: slowest of "
                   f"{len(names)} bursts", wanted, slowest, limit, counts=counts.text())
        scene.expect_no_dial(counts, f"the first burst, {shown}")


def burst50_again(scene):
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    # A set for each size, so that one burst does not warm up the next one's connection.
    others = {size: scene.peers(ports, first=10 * number) for number, size in enumerate(_SIZES)}
    names = {size: f"again-{size}.h2.test" for size in _SIZES}

    def everyone(size):
        return [(daemon, names[size]), *((peer, peer.host) for peer in others[size])]

    def all_bursts():
        return {size: [_burst(scene, proxy, name, "/" + size) for proxy, name in everyone(size)] for size in _SIZES}

    for size in _SIZES:
        for proxy, name in everyone(size):
            proxy.traffic.one(Request(name, "/" + size))
    time.sleep(2)
    first = all_bursts()
    pause = 20 if scene.quick else 60
    time.sleep(pause)
    counts = Counts(daemon)
    second = all_bursts()
    for size, shown in _SIZES.items():
        compared = ", ".join(f"{peer.label} {scene.slowest(answers):.2f}"
                             for peer, answers in zip(others[size], second[size][1:]))
        scene.line(f"the same burst {pause} s later, h2, {shown}: slowest (the first one: "
                   f"{scene.slowest(first[size][0]):.2f})", "≤ 1.25", scene.slowest(second[size][0]), 1.25,
                   peers=compared, counts=counts.text() if size == "512" else "")
    scene.expect_no_dial(counts, "the second burst")


def known50(workers):
    """The first burst to an http/1.1 origin that has answered one request: connections are made for it (FAILURES 136)."""
    def row(scene):
        ports = {"h1": H1}
        scene.origin(ports)
        daemon = scene.daemon(ports, workers=workers)
        rounds = 3
        others = [scene.peers(ports, kinds=("nginx",), first=10 * number)[0] for number in range(rounds)]
        ours, theirs = [], []
        for number, peer in enumerate(others):
            name = f"known{number}.h1.test"
            for proxy, host in ((daemon, name), (peer, peer.host)):
                proxy.traffic.one(Request(host))
            time.sleep(2)
            ours.append(scene.slowest(_burst(scene, daemon, name, "/1k")))
            theirs.append(scene.slowest(_burst(scene, peer, peer.host, "/1k")))
        limit = statistics.median(theirs) + 0.15
        scene.line(f"the first burst of {_AT_ONCE} to an http/1.1 origin that is known, "
                   f"{workers} worker{'s' if workers > 1 else ''}: slowest, median of {rounds}", f"≤ {limit:.2f} (nginx + 0.15)",
                   statistics.median(ours), limit, peers=f"{peer.label} {statistics.median(theirs):.2f}")
    return row


def burst50_h1(scene):
    ports = {"h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    others = scene.peers(ports, kinds=("haproxy-h1", "nginx"))
    everyone = [(daemon, "burst.h1.test"), *((peer, peer.host) for peer in others)]
    first = [_burst(scene, proxy, name, "/1k") for proxy, name in everyone]
    minutes = 1 if scene.quick else 10
    for _ in range(minutes - 1):
        time.sleep(60)
        for proxy, name in everyone:
            proxy.traffic.one(Request(name))
    time.sleep(60)
    counts = Counts(daemon)
    second = [_burst(scene, proxy, name, "/1k") for proxy, name in everyone]
    compared = ", ".join(f"{peer.label} {scene.slowest(answers):.2f}" for peer, answers in zip(others, second[1:]))
    scene.line(f"burst of {_AT_ONCE} to an http/1.1 origin that saw one {minutes} min before and a request a minute "
               f"since: slowest (the first one: {scene.slowest(first[0]):.2f})", "≤ 1.25",
               scene.slowest(second[0]), 1.25, peers=compared, counts=counts.text())
    scene.expect_no_dial(counts, "the second burst")
