"""Measures the proxies side by side; see run.sh for the command and docs/development/performance.md for the method."""

import argparse
import datetime
import json
import os
import random
import resource
import sys
import time

import machine
import report
from cases import CASES, CLIENT_HOST
from origin import Origin
from peers import all_proxies
from processes import Failure, Workspace, resident_mib, run_load

PROXY_CPU, OTHER_CPU = 0, 1

PROSE = """# Performance

What the proxy costs a request, beside its peers, on the same machine in the same minutes. Figures of
different machines or runs do not compare; ratios within one run do.
"""

REPEAT = """
How to repeat it: `tests/bench/run.sh` (about seven minutes; `--quick` a minute, prints only). Debian's packages haproxy,
nginx, nghttp2-proxy, openssl and python3 are needed, and two CPUs; h2o is measured where it is (Debian 12).
All proxies are alive at once on the same CPU, with one worker where nothing else is said and their access log on, and are measured
in random order in short slices over many cycles. CPU time is what the scheduler counted for all processes of the proxy, from before the first request
to after the last answer, over completed requests. Every figure is the mean of the best quarter of its slices, since other
tenants of a machine mostly make a slice worse. Responses are checked (status and length), and connections are
counted at the origin. Starting and first requests are one sample each. Each proxy's whole configuration is in `tests/bench/peers.py`:
idle times of an hour, the origin's certificate verified, TLS 1.3, and what follows.
"""


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of seven; prints only")
    parser.add_argument("--seconds", type=float, help="how long to measure")
    parser.add_argument("--slice", type=float, help="seconds a slice")
    parser.add_argument("--proxies", help="only these, by name, separated by commas")
    parser.add_argument("--cases", help="only these, separated by commas")
    parser.add_argument("--output", help="folder to write performance.md and performance.svg to")
    parser.add_argument("--json", help="file for all slices")
    parser.add_argument("--ccnproxy", default="", help="the program; empty = measure the peers only")
    parser.add_argument("--other", default="", help="another build of it, to be measured beside")
    parser.add_argument("--load", required=True, help="the load generator, bench_load")
    parser.add_argument("--floor", default="", help="bench_floor, to be measured, too: see floor.sh")
    chosen = parser.parse_args(words)
    chosen.seconds = chosen.seconds or (40 if chosen.quick else 390)
    chosen.slice = chosen.slice or (0.15 if chosen.quick else 0.3)
    return chosen


def pick(table, names):
    """The named entries, in the table's order."""
    if not names:
        return dict(table)
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in table]
    if unknown:
        raise Failure(f"unknown: {', '.join(unknown)} (known: {', '.join(table)})")
    return {name: entry for name, entry in table.items() if name in wanted}


class Run:
    """One measurement from the first start to the last slice."""

    def __init__(self, options):
        self._options = options
        self._workspace = Workspace()
        self._proxies = pick(all_proxies(options.ccnproxy, options.floor, options.other), options.proxies)
        self._cases = pick({case.name: case for case in CASES}, options.cases)
        self._origin = Origin(self._workspace, self._proxies, OTHER_CPU)
        self._facts = {}
        self._slices = {case: {name: [] for name in self._proxies} for case in self._cases}
        for proxy in self._proxies.values():
            self._facts[proxy.name] = self._start(proxy)

    def _start(self, proxy):
        proxy.start(self._workspace, self._origin.ports[proxy.name], PROXY_CPU)
        start_mib = resident_mib(proxy.pids())
        first, second = (self._one_request(proxy) for _ in range(2))
        return {"label": proxy.label, "settings": proxy.settings, "ready_ms": proxy.ready_s * 1000, "first_ms": first,
                "second_ms": second, "start_mib": start_mib, "peak_mib": start_mib}

    def _one_request(self, proxy):
        """Milliseconds of a single request; it must succeed, or the set-up is wrong."""
        result = run_load([self._options.load], OTHER_CPU, [
            "--port", proxy.port, "--host", CLIENT_HOST, "--path", "/small", "--expect", 100,
            "--requests", 1], may_fail=False)
        return result["p50_us"] / 1000

    def measure(self):
        for case in self._cases.values():
            for proxy in self._proxies.values():
                self._slice(case, proxy, min(0.1, self._options.slice))
        end = time.monotonic() + self._options.seconds
        while time.monotonic() < end or not self._cycles():
            pairs = [(case, proxy) for case in self._cases.values() for proxy in self._proxies.values()]
            random.shuffle(pairs)
            for case, proxy in pairs:
                found = self._slice(case, proxy, self._options.slice)
                self._slices[case.name][proxy.name].append(found)
            self._show_progress(end)

    def _cycles(self):
        return min(len(slices) for case in self._slices.values() for slices in case.values())

    def _show_progress(self, end):
        left = max(0, end - time.monotonic())
        print(f"cycle {self._cycles()}, {left:.0f} s left", file=sys.stderr, flush=True)

    def _slice(self, case, proxy, seconds):
        pids = proxy.pids()
        found = run_load([self._options.load], OTHER_CPU, case.arguments(proxy, seconds, pids))
        if not found["completed"]:
            raise Failure(f"{proxy.label}, case {case.name}: nothing completed, {found['errors']}")
        facts = self._facts[proxy.name]
        facts["peak_mib"] = max(facts["peak_mib"], resident_mib(pids))
        proxy.trim_log()
        requests = found["completed"]
        found["cpu_us"] = found["watched_ns"] / requests / 1000
        found["load_us"] = found["own_ns"] / requests / 1000
        return found

    def result(self):
        connections = self._origin.connections()
        for name, facts in self._facts.items():
            new, resumed = connections[self._origin.ports[name]]
            facts.update(tls_opened=new + resumed, tls_resumed=resumed,
                         protocols=self._origin.protocols(name))
            if not self._proxies[name].log_bytes():
                print(f"bench: {facts['label']} wrote no access log in this run, which is in its favour",
                      file=sys.stderr)
        facts = machine.describe(self._options.ccnproxy)
        facts["measured"] = (f"{datetime.date.today()}, {self._cycles()} cycles of "
                             f"{self._options.slice} s a slice, TLS 1.3 to the origin")
        idle = self._origin.accepted() - sum(new + resumed for new, resumed in connections.values())
        facts["connections that never carried a request, all proxies"] = idle
        return {"machine": facts, "proxies": self._facts, "slices": self._slices,
                "cases": {name: case.title for name, case in self._cases.items()}}


def write(folder, found):
    os.makedirs(folder, exist_ok=True)
    page = report.Report(found)
    with open(os.path.join(folder, "performance.svg"), "w", encoding="utf-8") as plot:
        plot.write(page.svg())
    body = "## Measured\n" + REPEAT + "\n" + page.markdown("performance.svg")
    report.write_section(os.path.join(folder, "performance.md"), "measured", body, PROSE)


def main(words):
    options = parse_arguments(words)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # The proxy's CPU is for the proxy: this program and what it starts (unless told otherwise) stay off.
    os.sched_setaffinity(0, {OTHER_CPU})
    try:
        run = Run(options)
        run.measure()
        found = run.result()
    except Failure as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(found, out)
    if options.output:
        write(options.output, found)
    print(report.Report(found).markdown())
    failed = sum(one["failed"] for case in found["slices"].values()
                 for slices in case.values() for one in slices)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
