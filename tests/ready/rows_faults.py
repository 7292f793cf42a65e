"""Rows about origins and networks that misbehave."""

import threading
import time

from link import FAR
from name_server import PORT as DNS_PORT
from name_server import NameServer
from scene import H1, H2, Counts, added, waits_text
from traffic import Request, Traffic
from web_origin import Port

_SECOND, _THIRD = "10.77.0.3", "10.77.0.4"
_PEER_PATIENCE_S = 17
_DNS = {"servers": [f"127.0.0.1:{DNS_PORT}"]}


def forgotten(scene):
    ports = {"h2": H2, "h1": H1}
    scene.origin(ports)
    daemon = scene.daemon(ports)
    others = scene.peers(ports)
    names = {"h2": "forgotten.h2.test", "http/1.1": "forgotten.h1.test"}
    first, later = {label: [] for label in names}, {label: [] for label in names}
    counts = Counts(daemon)
    for proxy, name in [*((daemon, name) for name in names.values()), *((peer, peer.host) for peer in others)]:
        scene.expect_all_ok([proxy.traffic.one(Request(name))])
    rounds = 1 if scene.quick else 3
    for turn in range(rounds):
        time.sleep(5)
        scene.link.forget_flows()
        asked = [_Sender(Traffic(peer.port, _PEER_PATIENCE_S), [(0, Request(peer.host))])
                 for peer in others if turn == rounds - 1]
        answers = daemon.traffic.at_once([Request(name) for name in names.values()])
        for label, name in names.items():
            first[label] += [answer for answer in answers if answer.request.host == name]
            later[label] += [daemon.traffic.one(Request(name)) for _ in range(20)]
    compared = ", ".join(f"{peer.label} {_outcome(scene, sender.answers()[0])}" for peer, sender in zip(others, asked))
    limit = 1 / scene.rtt + 3
    for label in names:
        scene.line(f"the network forgets the connection, {label}: the next request, slowest of {len(first[label])}",
                   f"≤ 1 s + 3 RTT = {limit:.1f}", scene.slowest(first[label]), limit,
                   peers=compared if label == "h2" else "", counts=counts.text() if label == "h2" else "")
        scene.line(f"the same, {label}: the {len(later[label])} after them, slowest", "≤ 1.10",
                   scene.slowest(later[label]), 1.10)
        scene.expect_all_ok(first[label] + later[label])


def _outcome(scene, answer):
    return f"{scene.rtts(answer.seconds):.2f}" if answer.ok else answer.error or f"status {answer.status}"


def stop(scene):
    """One of two origin processes behind one name stops: the one that has the connections."""
    ports = {"h2": H2, "h1": H1}
    origins = [scene.origin(ports), scene.origin(ports, (_SECOND,), name="second")]
    NameServer(".test", [FAR, _SECOND])
    limit = 1 / scene.rtt + 2
    for label, shown in (("h2", "h2"), ("h1", "http/1.1")):
        request = Request(f"stop.{label}.test", port=ports[label].number)
        daemon = scene.daemon({}, dns=_DNS, workers=1)
        counts = Counts(daemon)
        daemon.traffic.one(request)
        busy = max(origins, key=lambda origin: origin.connections(request.host))
        seconds = 10 if scene.quick else 25
        sender = _Sender(daemon.traffic, [(at / 20, request) for at in range(seconds * 20)])
        time.sleep(5)
        with busy.frozen():
            frozen = time.monotonic()
            answers = sender.answers()
        after = [answer for answer in answers if answer.ended > frozen]
        scene.line(f"kill -STOP of one of two origin processes, {shown}, 20 requests/s: the worst of {len(after)} "
                   "after it", f"≤ 1 s + 2 RTT = {limit:.1f}", scene.slowest(after), limit, counts=counts.text())
        scene.expect_all_ok(answers)
        daemon.stop()


class _Sender:
    """Traffic that goes on while the row makes trouble."""

    def __init__(self, traffic, plan):
        self._answers = []
        self._thread = threading.Thread(target=lambda: self._answers.extend(traffic.timed(plan)), daemon=True)
        self._thread.start()

    def answers(self):
        """Waits for the last one."""
        self._thread.join()
        return self._answers


def mixed5(scene):
    Mixed(scene).run()


class Mixed:
    """Traffic of a usual day, and everything that origins and DNS do to it in a month."""

    _HOSTS = {"busy.h2.test": 9.0, "busy.h1.test": 9.0, "rare.h2.test": 0.25, "rare.h1.test": 0.25}
    _PATHS = ["/1k", "/4k", "/1k", "/64k", "/1k"]
    _ADDRESS_SETS = [[FAR, _SECOND], [_SECOND, _THIRD], [_THIRD, FAR], [FAR, _SECOND, _THIRD]]

    def __init__(self, scene):
        self._scene = scene
        self._seconds = 60 if scene.quick else 300
        ports = {"h2": Port(443, http2=True, idle="3s", requests=200),
                 "h1": Port(444, http2=False, idle="3s", requests=200)}
        self._ports = {label: port.number for label, port in ports.items()}
        self._origin = scene.origin(ports, (FAR, _SECOND, _THIRD))
        self._names = NameServer(".test", self._ADDRESS_SETS[0])
        self._daemon = scene.daemon({}, dns=_DNS)
        self._answers = []

    def run(self):
        self._daemon.traffic.at_once([self._request(host, 0, "warm") for host in self._HOSTS])
        time.sleep(2)
        plan = [(at, self._request(host, number, host))
                for host, rate in self._HOSTS.items() for number, at in enumerate(self._times(rate))]
        counts = Counts(self._daemon)
        begin = time.monotonic()
        sender = _Sender(self._daemon.traffic, plan)
        # What waits while nothing listens is not the pool's: the counts of that time are left out.
        self._rotate_until(begin + self._seconds / 2)
        before = counts.since()
        gone, back = self._restart()
        time.sleep(2)
        between = Counts(self._daemon)
        self._rotate_until(begin + self._seconds)
        self._answers = sender.answers()
        self._report(added([before, between.since()]), gone, back, counts.totals_text())

    def _times(self, rate):
        return [number / rate for number in range(int(self._seconds * rate))]

    def _request(self, host, number, series):
        label = host.split(".")[1]
        post = number % 3 == 2
        return Request(host, "/post" if post else self._PATHS[number % 5], "POST" if post else "GET",
                       f"{series}-{number}", b"x" * 1000 if post else b"", self._ports[label])

    def _rotate_until(self, deadline):
        turn = 0
        while time.monotonic() < deadline:
            self._names.set(self._ADDRESS_SETS[turn % len(self._ADDRESS_SETS)])
            turn += 1
            time.sleep(min(5, max(0.0, deadline - time.monotonic())))

    def _restart(self):
        gone = time.monotonic()
        self._origin.stop()
        time.sleep(max(0.0, gone + 1 - time.monotonic()))
        self._origin.start()
        return gone, time.monotonic()

    def _report(self, waits, gone, back, totals):
        scene = self._scene
        outage = [answer for answer in self._answers
                  if answer.sent <= back + scene.rtt and answer.ended >= gone]
        excepted = set(outage)
        counted = [answer for answer in self._answers if answer not in excepted]
        failed = {method: [answer for answer in counted if answer.request.method == method and not answer.ok]
                  for method in ("GET", "POST")}
        twice = self._origin.twice()
        scene.line(f"{self._seconds} s of mixed traffic, {len(counted):,} requests: failed GETs", "0",
                   str(len(failed["GET"])), counts=totals)
        scene.line("the same: POSTs executed twice (POSTs failed: "
                   f"{len(failed['POST'])})", "0", str(len(twice)))
        scene.ready_line("the same: ready", waits, waits_text(waits))
        small = [answer for answer in counted if answer.request.path != "/64k"]
        scene.line("the same: slowest and p99 of responses up to 4 KiB", "",
                   f"{scene.slowest(small):.2f} and {self._p99(small):.2f}",
                   counts=f"{len(outage)} requests in the {back - gone:.1f} s of the restart, "
                          f"{sum(not answer.ok for answer in outage)} failed; the name server was asked "
                          f"{self._names.questions} times, addresses used: {self._origin.addresses_used()}")
        scene.expect(not failed["GET"], f"{len(failed['GET'])} GETs failed: " +
                     "; ".join(map(str, failed["GET"][:3])))
        scene.expect(not twice, f"POSTs executed twice: {', '.join(twice[:5])}")

    def _p99(self, answers):
        times = sorted(answer.seconds for answer in answers)
        return self._scene.rtts(times[int(len(times) * 0.99) - 1])


class _Race:
    """Requests sent as the origin closes the idle connection they would go out on."""

    _METHODS = ("GET", "POST")

    def __init__(self, scene, daemon, label, count):
        self._scene = scene
        self._daemon = daemon
        self.label = label
        self._names = [(f"race{number}-{method.lower()}.{label}.test", method)
                       for number in range(count) for method in self._METHODS]
        self._count = count

    def prime(self, series, spread_s=4.0):
        """A request to each, so that its connection's idle time starts."""
        plan = [(number * spread_s / len(self._names), Request(name, ident=f"{series}-{name}"))
                for number, (name, _) in enumerate(self._names)]
        return {answer.request.host: answer for answer in self._daemon.traffic.timed(plan)}

    def race(self, series):
        """The origin's idle time starts half an RTT before our answer and ends half an RTT before we know."""
        primed = self.prime(series + "-prime")
        now = time.monotonic()
        plan = []
        for number, (name, method) in enumerate(self._names):
            gap = 4.8 + 0.4 * (number // 2) / max(self._count - 1, 1) - self._scene.rtt
            path = "/post" if method == "POST" else "/1k"
            plan.append((primed[name].ended + gap - now,
                         Request(name, path, method, f"{series}-{name}", b"x" * 100 if method == "POST" else b"")))
        return list(primed.values()), self._daemon.traffic.timed(plan)


def idle_race(scene):
    ports = {"h2": Port(443, http2=True, idle="5s"), "h1": Port(444, http2=False, idle="5s")}
    origin = scene.origin(ports)
    daemon = scene.daemon(ports)
    for label, shown in (("h2", "h2"), ("h1", "http/1.1")):
        race = _Race(scene, daemon, label, 30 if scene.quick else 100)
        counts = Counts(daemon)
        primed, unlearnt = race.race(label + "-first")
        scene.expect_all_ok(primed)
        _report_race(scene, shown, "before the limit is learnt", unlearnt, counts, posts_may_fail=label == "h1")
        for turn in range(3):
            time.sleep(3)
            scene.expect_all_ok(list(race.prime(f"{label}-learn{turn}").values()))
        time.sleep(3)
        counts = Counts(daemon)
        primed, learnt = race.race(label + "-second")
        scene.expect_all_ok(primed)
        _report_race(scene, shown, "once it is learnt", learnt, counts, posts_may_fail=False)
    twice = origin.twice()
    scene.line("sent as the origin closes an idle connection: POSTs executed twice", "0", str(len(twice)))
    scene.expect(not twice, f"POSTs executed twice: {', '.join(twice[:5])}")


def _report_race(scene, shown, when, answers, counts, posts_may_fail):
    failed = {method: [answer for answer in answers if answer.request.method == method and not answer.ok]
              for method in ("GET", "POST")}
    bad = failed["GET"] + ([] if posts_may_fail else failed["POST"])
    scene.line(f"sent as the origin closes an idle connection, {shown}, {when}, {len(answers) // 2} GETs and as many "
               "POSTs: failed", "0 GETs, POSTs at most once each" if posts_may_fail else "0",
               f"{len(failed['GET'])} GETs, {len(failed['POST'])} POSTs; slowest {scene.slowest(answers):.2f}",
               counts=counts.text())
    scene.expect(not bad, f"{len(bad)} failed {when}, {shown}: " + "; ".join(map(str, bad[:3])))
    odd = [answer for answer in failed["POST"] if answer.status != 502]
    scene.expect(not odd, f"{len(odd)} POSTs ended otherwise than with 502, {shown}: " + "; ".join(map(str, odd[:3])))
