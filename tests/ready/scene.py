"""What a row is measured with: a link of its own, origins behind it, the daemon before it, and the record."""

import contextlib
import fcntl
import os

import proxies
from link import FAR, Link
from processes import Workspace
from web_origin import Port, WebOrigin, make_certificates

_ONE_WAY_MS = 50
H2, H1 = Port(443, http2=True), Port(444, http2=False)


_TOTALS = {"handshakes": "ccnproxy_upstream_handshakes_total", "retries": "ccnproxy_retries_total"}


class Options:
    def __init__(self, binary, quick, lock, keep):
        self.binary = binary
        self.quick = quick
        self.lock = lock
        self.keep = keep


class Counts:
    """What the daemon counted since this was made."""

    def __init__(self, daemon):
        self._daemon = daemon
        self._before = daemon.waits()
        self._totals = {shown: daemon.total(name) for shown, name in _TOTALS.items()}

    def since(self):
        """None: the daemon can't be asked."""
        now = self._daemon.waits()
        if now is None or self._before is None:
            return None
        return proxies.Waits(*(after - before for after, before in zip(now, self._before)))

    def text(self):
        return f"{waits_text(self.since())}, {self.totals_text()}"

    def totals_text(self):
        return ", ".join(f"{shown} {self._daemon.total(name) - self._totals[shown]}" for shown, name in _TOTALS.items())


def added(counted):
    """Waits of several spans of time; None where one is not known."""
    if None in counted:
        return None
    return proxies.Waits(*(sum(column) for column in zip(*counted)))


def waits_text(waits):
    return f"ready {waits.ready}, waited {waits.waited}, dialed {waits.dialed}" if waits else "no /metrics"


def ready_share(waits):
    """In percent; nothing is ready where nothing is known."""
    return 100 * waits.ready / max(sum(waits), 1) if waits else 0.0


class Scene:
    """One row's stage. Everything on it is gone when this process ends."""

    def __init__(self, name, options, one_way_ms=_ONE_WAY_MS, link=()):
        """`link`: further options of its link."""
        self.quick = options.quick
        self._options = options
        self.workspace = Workspace(options.keep)
        if options.keep:
            print(f"{name}: {self.workspace.path}", flush=True)
        self.link = Link(f"ready-{name}-{os.getpid()}", one_way_ms, *link)
        self.rtt = self.link.rtt
        self.lines = []
        self.problems = []

    def origin(self, ports, addresses=(FAR,), name="origin"):
        """`ports`: by the label below .test whose names it serves: {"h2": Port} serves *.h2.test."""
        if not os.path.exists(self.workspace.file("server.pem")):
            make_certificates(self.workspace, *(f"*.{label}.test" for label in ports))
        for address in addresses:
            if address != FAR:
                self.link.add_far_address(address)
        return WebOrigin(self.workspace, self.link, list(ports.values()), addresses, name)

    def daemon(self, ports, **settings):
        """The daemon; the names of `ports` lead to the origin without DNS."""
        overrides = [{"match": f"*.{label}.test", "connect_to": f"{FAR}:{port.number}"}
                     for label, port in ports.items()]
        return proxies.Daemon(self.workspace, self._options.binary, {"overrides": overrides, **settings})

    def peers(self, ports, **choice):
        return proxies.peers(self.workspace, {label: port.number for label, port in ports.items()}, **choice)

    @contextlib.contextmanager
    def quiet(self):
        """No other row measures meanwhile, so that rows can share a machine."""
        with open(self._options.lock, "a", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def rtts(self, seconds):
        return seconds / self.rtt

    def line(self, what, wanted, value, limit=None, peers="", counts="", unit=""):
        """A line of the table; `value` (a number or text) is held against `limit` for the reader only."""
        self._line(what, wanted, value, "" if limit is None else value <= limit, peers, counts, unit)

    def ratio_line(self, what, ratio, least, peers, counts=""):
        """A figure that should be at least so many times the best peer's."""
        self._line(what, f"≥ {least}", ratio, ratio >= least, peers, counts, "")

    def ready_line(self, what, waits, counts=""):
        share = ready_share(waits)
        self._line(what, "≥ 99.9 %", share, share >= 99.9, "", counts, " %")
        self.expect(waits is not None, "the daemon answers no /metrics")

    def _line(self, what, wanted, value, met, peers, counts, unit):
        met = {True: "yes", False: "no"}.get(met, "")
        text = f"{value:.2f}{unit}" if isinstance(value, float) else str(value)
        self.lines.append({"what": what, "wanted": wanted, "measured": text, "met": met, "peers": peers,
                           "counts": counts})

    def note(self, text):
        """More about the line made last."""
        line = self.lines[-1]
        line["counts"] = "; ".join(part for part in (line["counts"], text) if part)

    def expect(self, holds, text):
        """A count that must be so: the row fails where it is not."""
        if not holds:
            self.problems.append(text)

    def expect_all_ok(self, answers):
        failed = [answer for answer in answers if not answer.ok]
        shown = "; ".join(str(answer) for answer in failed[:3])
        self.expect(not failed, f"{len(failed)} of {len(answers)} requests failed: {shown}")

    def expect_no_dial(self, counts, during):
        found = counts.since()
        if found is None:
            self.expect(False, f"the daemon answers no /metrics: {during}")
        else:
            self.expect(found.dialed == 0, f"{found.dialed} requests waited for a handshake: {during}")

    def slowest(self, answers):
        """In RTTs."""
        return self.rtts(max(answer.seconds for answer in answers))

    def close(self):
        """Programs first, then the link they run over."""
        self.workspace.close()
        self.link.down()

    def result(self):
        late, latest_ms = self.link.lateness()
        return {"lines": self.lines, "problems": self.problems, "rtt_ms": self.rtt * 1000,
                "late": late, "latest_ms": latest_ms}
