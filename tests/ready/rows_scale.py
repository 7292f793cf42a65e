"""The row about very many origins at once."""

import time

from scene import H2, Counts
from traffic import Request


def many2000(scene):
    origins, minutes = (500, 1) if scene.quick else (2000, 6)
    ports = {"h2": H2}
    origin = scene.origin(ports)
    names = [f"n{number:04d}.h2.test" for number in range(origins)]
    bare = scene.daemon(ports)
    bare.await_ready()
    bare.traffic.timed([(0, Request(names[0]))])  # else the pages of the program that a request needs count as connections'
    empty_kib = bare.resident_kib()
    bare.stop()
    with scene.quiet():
        before = origin.accepted()
        daemon = scene.daemon(ports, pool={"warm": [f"https://{name}" for name in names]})
        ready_s = daemon.await_ready(120)
        opened = origin.accepted() - before
    counts = Counts(daemon)
    cpu, begin = daemon.cpu_seconds(), time.monotonic()
    plan = [(60 * (minute + number / origins), Request(name))
            for minute in range(minutes) for number, name in enumerate(names)]
    answers = daemon.traffic.timed(plan)
    cpu_share = (daemon.cpu_seconds() - cpu) / (time.monotonic() - begin)
    connections = origin.open_connections()
    held = (daemon.resident_kib() - empty_kib) / max(connections, 1)
    waits, counts_text = counts.since(), counts.text()
    what = f"{origins:,} origins warm, 1 request a minute each for {minutes} min"
    scene.ready_line(f"{what}: ready", waits,
                     f"{counts_text}; {opened} connections {ready_s:.1f} s after the start")
    scene.line("the same: CPU of the daemon, share of a core", "< 5 %", cpu_share * 100, 5.0, unit=" %")
    scene.line("the same: memory per connection", "< 25 KiB", held, 25.0, unit=" KiB",
               counts=f"{connections} connections at the end")
    scene.line("the same: slowest", "", scene.slowest(answers))
    scene.expect_all_ok(answers)
