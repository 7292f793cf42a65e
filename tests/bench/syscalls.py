"""System calls of each proxy per request: exact counts, where times only estimate. See syscalls.sh."""

import argparse
import os
import re
import signal
import subprocess
import sys
import time

import report
from bench import OTHER_CPU, PROSE, PROXY_CPU, pick
from cases import CASES, CLIENT_HOST
from origin import Origin
from peers import all_proxies
from processes import Failure, Workspace, run_load

# All calls through one tracepoint, and those that a proxy lives on by name: attaching to every
# name that there is (some 350) takes a quarter of a minute each time.
NAMES = ["accept4", "brk", "clock_gettime", "clock_nanosleep", "close", "connect", "epoll_ctl",
         "epoll_pwait", "epoll_wait", "futex", "getpid", "getsockopt", "ioctl", "madvise", "mmap",
         "munmap", "read", "readv", "recvfrom", "recvmsg", "sendmsg", "sendto", "setsockopt", "shutdown",
         "socket", "splice", "timerfd_settime", "write", "writev"]
ALL = "raw_syscalls:sys_enter"
EVENTS = ",".join([ALL] + ["syscalls:sys_enter_" + name for name in NAMES])
SHOWN = 7


def tracepoints_work():
    """Whether perf may count system calls here (it needs the tracing file system and the right)."""
    probe = subprocess.run(["perf", "stat", "-x,", "-e", EVENTS, "true"],
                           capture_output=True, text=True, check=False)
    return probe.returncode == 0 and re.search(r"^[1-9]\d*,", probe.stderr, re.MULTILINE) is not None


def parse_perf(text):
    """Counts by name from `perf stat -x,`; what has no name of its own is `others`."""
    rows = re.findall(r"^(\d+),[^,]*,(?:raw_)?syscalls:sys_enter(?:_(\w+))?,", text, re.MULTILINE)
    counts = {name: int(count) for count, name in rows if int(count)}
    total = counts.pop("", 0)
    counts["others"] = total - sum(counts.values())
    return counts


def parse_strace(text):
    """Counts by name from the table of `strace -c`: % time, seconds, usecs/call, calls, errors, name."""
    rows = re.findall(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+([a-z]\w*)$", text, re.MULTILINE)
    return {name: int(calls) for calls, name in rows if name != "total"}


def count_with_perf(workspace, load, pids, arguments):
    """perf counts the proxy for as long as its own child, the load generator, runs."""
    out = workspace.file("perf.txt", "")
    perf = ["perf", "stat", "-x,", "-o", out, "-e", EVENTS, "-p", ",".join(map(str, pids)), "--", load]
    found = run_load(perf, OTHER_CPU, arguments)
    with open(out, encoding="ascii") as text:
        return found, parse_perf(text.read())


def _traced(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as text:
        return not re.search(r"^TracerPid:\s+0$", text.read(), re.MULTILINE)


def count_with_strace(workspace, load, pids, arguments):
    out = workspace.file("strace.txt", "")
    words = [word for pid in pids for word in ("-p", str(pid))]
    tracer = workspace.start("strace", ["strace", "-c", "-f", "-o", out] + words)
    deadline = time.monotonic() + 10
    while not all(_traced(pid) for pid in pids):
        if tracer.poll() is not None or time.monotonic() > deadline:
            raise Failure("strace does not attach:\n" + workspace.output_of("strace"))
        time.sleep(0.005)
    found = run_load([load], OTHER_CPU, arguments)
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)
    with open(out, encoding="utf-8") as text:
        return found, parse_strace(text.read())


def per_request(found, counts):
    """(all calls, the most frequent as text), per completed request."""
    if not found["completed"] or found["failed"]:
        raise Failure(f"the load did not succeed: {found['errors']}")
    share = {name: count / found["completed"] for name, count in counts.items()}
    ordered = sorted(share.items(), key=lambda pair: -pair[1])
    text = ", ".join(f"{name} {value:.2f}" for name, value in ordered[:SHOWN] if value >= 0.005)
    return sum(share.values()), text


def parse_arguments(words):
    parser = argparse.ArgumentParser(prog="syscalls.sh", description=__doc__)
    parser.add_argument("--tool", choices=["perf", "strace"], help="perf where its tracepoints work")
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--proxies")
    parser.add_argument("--cases")
    parser.add_argument("--output", help="folder of the performance.md to put the table into")
    parser.add_argument("--ccnproxy", default="")
    parser.add_argument("--load", required=True)
    return parser.parse_args(words)


def measure(options, count):
    workspace = Workspace()
    proxies = pick(all_proxies(options.ccnproxy), options.proxies)
    origin = Origin(workspace, proxies, OTHER_CPU)
    for proxy in proxies.values():
        proxy.start(workspace, origin.ports[proxy.name], PROXY_CPU)
        run_load([options.load], OTHER_CPU, ["--port", proxy.port, "--host", CLIENT_HOST, "--path", "/small",
                                             "--expect", 100, "--requests", 1], may_fail=False)
    rows = []
    for case in pick({case.name: case for case in CASES}, options.cases).values():
        for proxy in proxies.values():
            pids = proxy.pids()
            # Once without counting, so that the pools are as large as they get.
            run_load([options.load], OTHER_CPU, case.arguments(proxy, 0.2, pids))
            found, counts = count(workspace, options.load, pids,
                                  case.arguments(proxy, options.seconds, pids))
            total, text = per_request(found, counts)
            rows.append([f"{case.name}: {proxy.label}", report.number(total), text])
            proxy.trim_log()
    return rows


def main(words):
    options = parse_arguments(words)
    tool = options.tool or ("perf" if tracepoints_work() else "strace")
    try:
        rows = measure(options, count_with_perf if tool == "perf" else count_with_strace)
    except Failure as failure:
        print(f"syscalls: {failure}", file=sys.stderr)
        return 1
    how = ("counted by perf's tracepoints at full speed" if tool == "perf" else
           "counted by strace, which slows the proxy down, so that it batches more than it would")
    body = (f"## System calls of the proxy per request\n\n`tests/bench/syscalls.sh`; {how}.\n\n" +
            report.table(["", "all", "most frequent"], rows).replace("---: | ---: |", "---: | --- |"))
    if options.output:
        report.write_section(os.path.join(options.output, "performance.md"), "syscalls", body, PROSE)
    print(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
