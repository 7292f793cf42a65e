"""Rows about paths that lose packets, delay them unevenly or are narrow: what nginx, HAProxy and curl make of them, too."""

import os
import random
import statistics
import subprocess
import threading
import time

from link import FAR
from processes import Failure
from proxies import PORT
from scene import H1, H2, Counts
from traffic import LABEL, Request
from web_origin import SIZES

_AT_ONCE = 8
_PORTS = {"h2": H2, "h1": H1}
_SHOWN = {"h2": "h2", "h1": "http/1.1"}
_CUBIC = {"tcp": {"congestion_control": "cubic"}}


def _over(row, *link, one_way_ms=50):
    """The row with a link of its own kind."""
    row.over = {"one_way_ms": one_way_ms, "link": tuple(str(word) for word in link)}
    return row


def _at_random(proxy, host, per_second, seconds):
    """Answers to GETs, so many a second on average."""
    chances = random.Random(1)
    plan, at = [], 0.0
    while at < seconds:
        at += chances.expovariate(per_second)
        plan.append((at, Request(host)))
    return proxy.traffic.timed(plan)


def _quantiles(scene, answers):
    times = sorted(scene.rtts(answer.seconds) for answer in answers)
    return [times[min(len(times) - 1, int(len(times) * share))] for share in (0.5, 0.9, 0.99)]


def _compared(found, shown=3):
    return ", ".join(f"{label} {' / '.join(f'{value:.2f}' for value in values[:shown])}" for label, values in found)


def _gets(limits, path, per_second=200, protocol="h2", hedged=False):
    """Small requests. `limits`: of p50, p90 and p99; None: told only."""
    def row(scene):
        ports = {protocol: _PORTS[protocol]}
        scene.origin(_PORTS)
        daemon = scene.daemon(ports, **({"hedging": {"enabled": True}} if hedged else {}))
        peers = [] if hedged else scene.peers(_PORTS)
        host = f"gets.{protocol}.test"
        seconds = 6 if scene.quick else 20
        with scene.quiet():
            _at_random(daemon, host, per_second, 8)  # until the path is known
            counts = Counts(daemon)
            answers = _at_random(daemon, host, per_second, seconds)
            beside = []
            for peer in peers:
                _at_random(peer, peer.host, per_second, 2)
                beside.append((peer.label, _quantiles(scene, _at_random(peer, peer.host, per_second, seconds))))
        scene.expect_all_ok(answers)
        what = f"small GETs, {per_second}/s, {path}, {_SHOWN[protocol]}{', hedged' if hedged else ''}"
        for name, value, limit in zip(("p50", "p90", "p99"), _quantiles(scene, answers), limits):
            first = name == "p50"
            scene.line(f"{what}: {name}", "" if limit is None else f"≤ {limit}", value, limit,
                       peers=_compared(beside) if first else "", counts=counts.text() if first else "")
        if hedged:
            share = 100 * daemon.total("ccnproxy_hedges_total") / max(daemon.total("ccnproxy_requests_total"), 1)
            scene.line("of these sent twice, in percent", "≤ 2", share, 2.0)
    return row


class _Way:
    """How curl, a process a transfer, reaches the origin: through the proxy on a port of this machine, or directly."""

    def __init__(self, scene, label, host, port=None):
        self.label = label
        self._host = host
        self._port = port
        self._scene = scene

    def _command(self, path, upload):
        words = ["curl", "-sS", "--max-time", "120", "-o", os.devnull, "-w", "%{http_code} %{time_total}"]
        if upload:
            words += ["-T", self._scene.workspace.file("www/" + upload), "-H", "Expect:"]
        if self._port:
            return words + ["-H", f"Host: {self._host}.{LABEL}", f"http://127.0.0.1:{self._port}{path}"]
        place = f"{self._host}:{H1.number}"
        return words + ["--http1.1", "--cacert", self._scene.workspace.file("ca.pem"), "--resolve", f"{place}:{FAR}",
                        f"https://{place}{path}"]

    def transfers(self, path, upload=None, times=_AT_ONCE):
        """Seconds until the last of them has ended, and of each."""
        begin = time.monotonic()
        running = [subprocess.Popen(self._command(path, upload), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True) for _ in range(times)]
        ends = [child.communicate() for child in running]
        took = time.monotonic() - begin
        return took, [self._seconds(*end) for end in ends]

    def _seconds(self, out, error):
        status, _, seconds = out.partition(" ")
        if status != "200":
            raise Failure(f"{self.label}: curl says {out} {error.strip()}")
        return float(seconds)


def _bulk(least, path, protocol="h2", upload=True, settings=_CUBIC, what=""):
    """Mbit/s of parallel transfers in all, the median of three rounds, beside the best peer's."""
    def row(scene):
        scene.origin(_PORTS)
        scene.daemon({protocol: _PORTS[protocol]}, **settings)
        ours = _Way(scene, "ccnproxy", f"bulk.{protocol}.test", PORT)
        others = [_Way(scene, peer.label, peer.host, peer.port) for peer in scene.peers(_PORTS, kinds=("nginx",))]
        others.append(_Way(scene, f"{_AT_ONCE} curls", "direct.h1.test"))
        target, body = ("/put", "1m") if upload else ("/1m", None)
        rates = {way: [] for way in (ours, *others)}
        with scene.quiet():
            for way in rates:
                way.transfers("/512", times=1)
            for _ in range(2 if scene.quick else 3):
                for way, found in rates.items():
                    found.append(_AT_ONCE * SIZES["1m"] * 8 / 1e6 / way.transfers(target, body)[0])
        medians = {way: statistics.median(found) for way, found in rates.items()}
        shown = {way: " ".join(f"{rate:.1f}" for rate in found) for way, found in rates.items()}
        scene.ratio_line(f"{_AT_ONCE} x 1 MiB {'up' if upload else 'down'}, {path}, {_SHOWN[protocol]}{what}: Mbit/s, "
                         f"median of {len(rates[ours])} ({shown[ours]}) ÷ the best peer's",
                         medians[ours] / max(medians[way] for way in others), least,
                         ", ".join(f"{way.label} {shown[way]}" for way in others))
    return row


def up_bbr(scene):
    with open("/proc/sys/net/ipv4/tcp_allowed_congestion_control", encoding="ascii") as allowed:
        if "bbr" not in allowed.read().split():
            return scene.line("uploads with bbr", "", "not allowed by this kernel's settings")
    return _bulk(3, "1 % loss", settings={}, what=", congestion_control auto (bbr, the peers cubic)")(scene)


def first_upload(scene):
    """What deciding where it goes costs the first of eight."""
    scene.origin(_PORTS)
    scene.daemon({"h2": H2}, **_CUBIC)
    way = _Way(scene, "ccnproxy", "bulk.h2.test", PORT)
    alone, first = [], []
    with scene.quiet():
        for _ in range(3):
            for found, times in ((alone, 1), (first, _AT_ONCE)):
                way.transfers("/512", times=1)
                found.append(way.transfers("/put", "1m", times)[1][0])
                time.sleep(1)
    scene.line("the first of eight parallel uploads of 1 MiB, no loss, ÷ one alone (medians of 3)", "≤ 1.02",
               statistics.median(first) / statistics.median(alone), 1.02)


def _beside(limits, upload, path="50 Mbit/s", settings=_CUBIC):
    """Small requests while four bodies of 8 MiB go over the same narrow line."""
    def row(scene):
        scene.origin(_PORTS)
        subjects = [("ccnproxy", scene.daemon({"h2": H2}, **settings), "beside.h2.test", PORT)]
        subjects += [(peer.label, peer, peer.host, peer.port) for peer in scene.peers(_PORTS)]
        target = ("/put", "8m", 4) if upload else ("/8m", None, 4)
        found = []
        with scene.quiet():
            for label, proxy, host, port in subjects:
                proxy.traffic.one(Request(host))
                bulk = threading.Thread(target=_Way(scene, label, host, port).transfers, args=target)
                bulk.start()
                time.sleep(0.5)
                answers = _at_random(proxy, host, 25, 4)
                bulk.join()
                scene.expect_all_ok(answers)
                found.append((label, _quantiles(scene, answers)))
        what = f"small GETs beside four {'uploads' if upload else 'downloads'} of 8 MiB, {path}, h2"
        for name, value, limit in zip(("p50", "p90"), found[0][1], limits):
            scene.line(f"{what}: {name}", "" if limit is None else f"≤ {limit}", value, limit,
                       peers=_compared(found[1:], 2) if name == "p50" else "")
    return row


_LOST = {"01": ("--loss-pct", 0.1), "1": ("--loss-pct", 1), "3": ("--loss-pct", 3),
         "bursts": ("--loss-pct", 1, "--loss-burst", 4), "jitter": ("--jitter-ms", 10, "--reorder"),
         "narrow": ("--rate-mbit", 50), "short": ("--rate-mbit", 50, "--queue-kib", 256)}
_LINE = ("--rate-mbit", 200, "--queue-kib", 4096)
_TOLD = (None, None, None)

# In the order of the table.
ROWS = {
    "gets-01": _over(_gets(_TOLD, "0.1 % loss"), *_LOST["01"]),
    "gets-1": _over(_gets((1.03, 1.15, 3.1), "1 % loss"), *_LOST["1"]),
    "gets-1-slow": _over(_gets(_TOLD, "1 % loss", per_second=25), *_LOST["1"]),
    "gets-3": _over(_gets(_TOLD, "3 % loss"), *_LOST["3"]),
    "gets-bursts": _over(_gets(_TOLD, "1 % loss, four in a row"), *_LOST["bursts"]),
    "gets-jitter": _over(_gets(_TOLD, "10 ms of jitter, reordered"), *_LOST["jitter"]),
    "gets-30ms": _over(_gets(_TOLD, "1 % loss over 30 ms"), *_LOST["1"], one_way_ms=15),
    "gets-250ms": _over(_gets(_TOLD, "1 % loss over 250 ms"), *_LOST["1"], one_way_ms=125),
    "hedged": _over(_gets((None, None, 2.4), "1 % loss", hedged=True), *_LOST["1"]),
    "hedged-h1": _over(_gets((None, None, 2.4), "1 % loss", protocol="h1", hedged=True), *_LOST["1"]),
    "up-01": _over(_bulk(1.0, "0.1 % loss"), *_LINE, *_LOST["01"]),
    "up-01-h1": _over(_bulk(1.0, "0.1 % loss", "h1"), *_LINE, *_LOST["01"]),
    "up-1": _over(_bulk(1.0, "1 % loss"), *_LINE, *_LOST["1"]),
    "up-1-h1": _over(_bulk(1.0, "1 % loss", "h1"), *_LINE, *_LOST["1"]),
    "up-1-bbr": _over(up_bbr, *_LINE, *_LOST["1"]),
    "down-01": _over(_bulk(0.9, "0.1 % loss", upload=False), *_LINE, *_LOST["01"]),
    "down-1": _over(_bulk(0.9, "1 % loss", upload=False), *_LINE, *_LOST["1"]),
    "down-1-h1": _over(_bulk(0.9, "1 % loss", "h1", upload=False), *_LINE, *_LOST["1"]),
    "first-upload": _over(first_upload),
    "beside-up": _over(_beside((None, None), upload=True), *_LOST["narrow"]),
    "beside-up-auto": _over(_beside((1.1, 1.75), True, "50 Mbit/s, congestion_control auto", {}), *_LOST["narrow"]),
    "beside-up-short": _over(_beside((None, None), True, "50 Mbit/s with a queue of 40 ms"), *_LOST["short"]),
    "beside-down": _over(_beside((None, None), upload=False), *_LOST["narrow"]),
}
