"""What a request costs as things grow: warm origins, idle clients, workers, rules; and what each of them takes of
memory. See growth.sh for the command and docs/development/performance.md for the method."""

import argparse
import datetime
import json
import os
import random
import resource
import sys
import time

import growth_report
import machine
import report
from bench import OTHER_CPU, PROSE, pick
from growth_daemon import Daemon, cpu_ns, hot_names
from growth_subjects import HOT_NAMES, HTTP1_ORIGINS, QUICK_HTTP1_ORIGINS, QUICK_SIZES, SIZES, Subject, fitted, subjects
from origin import Origin
from processes import Failure, Workspace

RATE = 2000
IDLE_S = 2
# The origin's other connections: more than one to a name, and those that are being replaced.
SPARE_CONNECTIONS = 2000
CASES = ("busy", "slow")


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="growth.sh", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, a minute; prints only")
    parser.add_argument("--seconds", type=float, help="how long to measure, after what is grown is there")
    parser.add_argument("--slice", type=float, help="seconds a slice")
    parser.add_argument("--axes", help=f"only what grows by these, of {','.join(SIZES)}; prints only")
    parser.add_argument("--output", help="folder to write performance.md and performance-growth.svg to")
    parser.add_argument("--json", help="file for all slices")
    parser.add_argument("--ccnproxy", required=True)
    parser.add_argument("--load", required=True)
    chosen = parser.parse_args(words)
    chosen.seconds = chosen.seconds or (10 if chosen.quick else 190)
    chosen.slice = chosen.slice or (0.15 if chosen.quick else 0.3)
    return chosen


def tell(text):
    print(f"growth: {text}", file=sys.stderr, flush=True)


class Run:
    """One measurement: all daemons are started and filled first, and stay to the end."""

    def __init__(self, options):
        self._options = options
        self._workspace = Workspace()
        open_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        sizes, self._cuts = fitted(pick(QUICK_SIZES if options.quick else SIZES, options.axes), open_files)
        self._subjects = subjects(sizes)
        http1 = QUICK_HTTP1_ORIGINS if options.quick else HTTP1_ORIGINS
        self._extra = [Subject("empty", 0, origins=0),
                       *[Subject("http1", size, origins=size, alpn="http/1.1") for size in (HOT_NAMES, http1)]]
        everything = [*self._subjects.values(), *self._extra]
        connections = sum(subject.origins for subject in everything) + SPARE_CONNECTIONS
        self._origin = Origin(self._workspace, [subject.name for subject in everything], OTHER_CPU,
                              min(connections, open_files - 100))
        self._memory = {}
        self._slices = {case: {name: [] for name in self._subjects} for case in CASES}
        self._idle_ms = {}
        for subject in self._extra:
            self._fill(subject).stop()
        self._daemons = {name: self._fill(subject) for name, subject in self._subjects.items()}

    def _fill(self, subject):
        """A daemon with all that it is to hold; its memory is taken after each step."""
        begin = time.monotonic()
        daemon = Daemon(subject, self._workspace, self._options.ccnproxy, self._origin.ports[subject.name],
                        self._options.load, OTHER_CPU)
        memory = {"size": subject.size, "warm": daemon.held()}
        warm_s = time.monotonic() - begin
        if subject.origins:
            daemon.ask_each_once()
            self._slice(daemon, "busy", 0.1)  # what serving takes at all is neither the origins' nor the clients'
            memory["asked"] = daemon.held_when_idle()
        if subject.clients:
            daemon.hold_clients()
            memory["clients"] = daemon.held_when_idle()
        self._memory[subject.name] = memory
        tell(f"{subject.name}: ready after {warm_s:.1f} s, filled after {time.monotonic() - begin:.1f} s, "
             f"{daemon.resident_kib() / 1024:.1f} MiB")
        return daemon

    def _slice(self, daemon, case, seconds):
        subject = daemon.subject
        if case == "busy":
            found = daemon.load(hot_names(subject), "--duration", seconds)
        else:
            found = daemon.load(subject.origins, "--duration", seconds, "--rate", RATE,
                                "--first-host", random.randrange(subject.origins))
        if not found["completed"]:
            raise Failure(f"{subject.name}, {case}: nothing completed, {found['errors']}")
        found["cpu_us"] = found["watched_ns"] / found["completed"] / 1000
        found["load_us"] = found["own_ns"] / found["completed"] / 1000
        daemon.trim_log()
        return found

    def measure(self):
        self._measure_idle()
        for daemon in self._daemons.values():
            self._slice(daemon, "busy", 0.1)
        end = time.monotonic() + self._options.seconds
        while time.monotonic() < end or not self.cycles():
            pairs = [(case, name) for case in CASES for name in self._daemons]
            random.shuffle(pairs)
            for case, name in pairs:
                self._slices[case][name].append(self._slice(self._daemons[name], case, self._options.slice))
            tell(f"cycle {self.cycles()}, {max(0, end - time.monotonic()):.0f} s left")

    def _measure_idle(self):
        """CPU of each while nobody asks for anything."""
        pids = {name: daemon.pid() for name, daemon in self._daemons.items()}
        before, begin = {name: cpu_ns(pid) for name, pid in pids.items()}, time.monotonic()
        time.sleep(IDLE_S)
        took_s = time.monotonic() - begin
        self._idle_ms = {name: (cpu_ns(pid) - before[name]) / 1e6 / took_s for name, pid in pids.items()}

    def cycles(self):
        return min(len(slices) for case in self._slices.values() for slices in case.values())

    def result(self):
        losses = [lost for lost in (daemon.lost() for daemon in self._daemons.values()) if lost]
        facts = machine.describe(self._options.ccnproxy, peers=False)
        facts["measured"] = f"{datetime.date.today()}, {self.cycles()} cycles of {self._options.slice} s a slice"
        return {"machine": facts, "cuts": self._cuts, "losses": losses, "memory": self._memory,
                "subjects": {name: {"axis": one.axis, "size": one.size} for name, one in self._subjects.items()},
                "idle_ms": self._idle_ms, "slices": self._slices,
                "resident_mib": {name: daemon.resident_kib() / 1024 for name, daemon in self._daemons.items()}}

    def stop(self):
        for daemon in self._daemons.values():
            daemon.stop()


def write(folder, page):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, growth_report.PLOT), "w", encoding="utf-8") as plot:
        plot.write(page.svg())
    report.write_section(os.path.join(folder, "performance.md"), "growth", page.markdown(growth_report.PLOT), PROSE)


def main(words):
    options = parse_arguments(words)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, {OTHER_CPU})
    try:
        run = Run(options)
        run.measure()
        found = run.result()
        run.stop()
    except Failure as failure:
        tell(failure)
        return 1
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(found, out)
    page = growth_report.GrowthReport(found)
    if options.output:
        write(options.output, page)
    print(page.markdown())
    return 1 if page.failures() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
