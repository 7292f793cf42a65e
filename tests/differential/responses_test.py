#!/usr/bin/env python3
"""What an application sees of an origin's answers: directly by curl, through ccnproxy, nginx and HAProxy.

Usage: responses_test.py CCNPROXY [--only TEXT] [--all]
A row passes when ccnproxy's outcome is that of most of the others, or when responses.txt gives the reason why not. After
each row the next request through ccnproxy must get its own answer. --all shows every row.
"""

import sys

from bench import Scene, reasons_of, report
from responses import rows
from subjects import Outcome

FAILED = Outcome(0, False, b"", [])


def majority(outcomes):
    """The outcomes that ccnproxy may have: what most see; where all differ, any of theirs."""
    most = max(outcomes.count(outcome) for outcome in outcomes)
    return [outcome for outcome in outcomes if outcomes.count(outcome) == most]


def shown(outcome):
    if outcome == FAILED:
        return "failed"
    fields = ", ".join(f"{name}={value[:20]}" for name, value in outcome.fields)
    return f"{outcome.status} {outcome.body[:20]!r}" + (f" ({fields})" if fields else "")


def play(scene, row):
    """(fault or "", what was seen)"""
    origin, subjects, ours = scene.of(row.protocol)
    options = {"HEAD": ["-I"], "POST": ["-d", "a=b"]}.get(row.method, [])
    origin.steps = row.steps
    seen = [(subject.name, normal(subject.ask(options))) for subject in subjects]
    mine = normal(ours.ask(options))
    origin.steps = None
    after = ours.ask([])
    text = "; ".join(f"{name}: {shown(outcome)}" for name, outcome in [*seen, (ours.name, mine)])
    if (after.status, after.body) != (200, b"usual\n"):
        return f"the request after it got {shown(after)}", text
    return ("" if mine in majority([outcome for _, outcome in seen]) else "differs"), text


def normal(outcome):
    """An origin's failure is a proxy's own 502 or 504, a reset, or curl's exit code: to an application they are one."""
    if outcome.status in (502, 503, 504) or not outcome.complete:
        return FAILED
    return outcome


def main():
    arguments = sys.argv[1:]
    show_all = "--all" in arguments
    only = arguments[arguments.index("--only") + 1] if "--only" in arguments else ""
    reasons = reasons_of("responses.txt")
    results = []
    with Scene(arguments[0]) as scene:
        for row in rows():
            if only in row.name:
                fault, seen = play(scene, row)
                results.append((row.name, fault, seen))
    return report(results, reasons, show_all, whole=not only)


if __name__ == "__main__":
    sys.exit(main())
