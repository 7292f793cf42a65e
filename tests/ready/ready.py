"""Measures what the pool must show, row by row; see run.sh for the command and docs/development/readiness.md for the method."""

import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(_HERE, "..", "bench"))

import rows_burst  # noqa: E402
import rows_deploy  # noqa: E402
import rows_faults  # noqa: E402
import rows_first  # noqa: E402
import rows_path  # noqa: E402
import rows_scale  # noqa: E402
import rows_steady  # noqa: E402
import table  # noqa: E402
from processes import Failure  # noqa: E402
from scene import Options, Scene  # noqa: E402

# In the order of the table.
ROWS = {
    "sequential": rows_steady.sequential,
    "idle65": rows_steady.idle65,
    "idle6": rows_steady.idle6,
    "warm-first": rows_first.warm_first,
    "unseen": rows_first.unseen,
    "burst50": rows_burst.burst50,
    "burst50-again": rows_burst.burst50_again,
    "burst50-h1": rows_burst.burst50_h1,
    **{f"known50-{workers}": rows_burst.known50(workers) for workers in (1, 2, 4)},
    "first200": rows_first.first200,
    "mib": rows_steady.mib,
    "mixed5": rows_faults.mixed5,
    "idle-race": rows_faults.idle_race,
    "forgotten": rows_faults.forgotten,
    "stop": rows_faults.stop,
    "deploy": rows_deploy.deploy,
    "other-worker": rows_first.other_worker,
    "many2000": rows_scale.many2000,
    **rows_path.ROWS,
}

# These mostly wait: they run beside the others, each with a link and a daemon of its own.
_WAITING = ("idle65", "idle6", "burst50-again", "burst50-h1")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tests/ready/run.sh", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of: {' '.join(ROWS)} (all)")
    parser.add_argument("--quick", action="store_true", help="shorter waits and fewer runs; prints only")
    parser.add_argument("--write", action="store_true", help="put the rows that ran into docs/development/readiness.md; "
                                                             "a whole run that is not quick does so anyway")
    parser.add_argument("--keep", action="store_true", help="leave configurations and logs where they were")
    parser.add_argument("--ccnproxy", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--docs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--one", help=argparse.SUPPRESS)  # a row in this process; its result goes to --result
    parser.add_argument("--result", help=argparse.SUPPRESS)
    parser.add_argument("--lock", help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown:
        parser.error(f"unknown row {unknown[0]} (known: {', '.join(ROWS)})")
    return options


def run_here(options):
    """One row, in this process, which enters the row's namespace for the rest of its life."""
    scene = None
    try:
        row = ROWS[options.one]
        stage = Options(options.ccnproxy, options.quick, options.lock, options.keep)
        scene = Scene(options.one, stage, **getattr(row, "over", {}))
        row(scene)
        result = scene.result()
    except (Failure, OSError) as failure:
        result = scene.result() if scene else {"lines": [], "problems": [], "rtt_ms": 0, "late": 0, "latest_ms": 0}
        result["problems"].append(f"{type(failure).__name__}: {failure}")
    finally:
        if scene:
            scene.close()
    with open(options.result, "w", encoding="utf-8") as out:
        json.dump(result, out)


def run_row(row, options, folder):
    """The row in a process of its own; whatever happens to it is a result."""
    path = os.path.join(folder, row)
    words = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-B", os.path.abspath(__file__), "--one", row,
             "--result", path, "--lock", os.path.join(folder, "lock"), "--ccnproxy", options.ccnproxy,
             "--docs", options.docs]
    words += ["--quick"] * options.quick + ["--keep"] * options.keep
    begin = time.monotonic()
    done = subprocess.run(words, stderr=subprocess.PIPE, text=True, check=False)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as text:
            result = json.load(text)
    else:
        result = {"lines": [], "problems": [f"ended with {done.returncode}: {done.stderr[-1500:]}"],
                  "rtt_ms": 0, "late": 0, "latest_ms": 0}
    result["row"] = row
    result["took_s"] = time.monotonic() - begin
    print(table.plain(result), flush=True)
    return result


def run_all(rows, options):
    """The rows that wait side by side, the others one after the other beside them."""
    with tempfile.TemporaryDirectory(prefix="ccnproxy-ready-") as folder:
        with concurrent.futures.ThreadPoolExecutor(len(_WAITING)) as pool:
            waiting = {row: pool.submit(run_row, row, options, folder) for row in rows if row in _WAITING}
            results = {row: run_row(row, options, folder) for row in rows if row not in waiting}
            results.update({row: future.result() for row, future in waiting.items()})
    return [results[row] for row in rows]


def main():
    options = parse_arguments()
    if options.one:
        run_here(options)
        return 0
    rows = [row for row in ROWS if row in options.rows] or list(ROWS)
    results = run_all(rows, options)
    if options.write or (len(rows) == len(ROWS) and not options.quick):
        table.write(options.docs, results, options.ccnproxy, list(ROWS))
    failed = [result["row"] for result in results if result["problems"]]
    print(f"\n{len(results) - len(failed)} of {len(results)} rows hold" +
          (f"; these do not: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
