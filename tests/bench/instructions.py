"""Instructions of ccnproxy per request in user space, by library: callgrind counts a short and a long run, and
what they differ by has no start in it. The kernel's part, about half of the time, is not seen."""

import argparse
import collections
import os
import re
import subprocess
import sys

from cases import CLIENT_HOST
from origin import Origin
from peers import ccnproxy
from processes import Failure, Workspace, run_load

SHORT, LONG, CLIENTS = 1000, 5000, 64
WAYS = {"keep-alive": [], "a new connection each": ["--connection-each"]}


class _Counted:
    """ccnproxy under callgrind, with the origin that all runs share."""

    def __init__(self, options, workspace):
        self._options = options
        self._workspace = workspace
        self._origin = Origin(workspace, ["ccnproxy"], None)
        self._runs = 0

    def by_library(self, requests, words):
        self._runs += 1
        out = self._workspace.file(f"callgrind.{self._runs}")
        proxy = ccnproxy(self._options.ccnproxy,
                         under=["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out])
        proxy.start(self._workspace, self._origin.ports["ccnproxy"], None)
        found = run_load([self._options.load], None, [
            "--port", proxy.port, "--host", CLIENT_HOST, "--connections", CLIENTS, "--requests", requests,
            "--duration", 300, "--path", "/small", "--expect", 100] + words)
        proxy.stop(patience=60)  # it writes what it counted
        if found["completed"] != requests or found["failed"]:
            raise Failure(f"{found['completed']} of {requests} requests completed, {found['failed']} failed")
        return _read(out)


def _read(path):
    """Instructions by the library whose code they are."""
    if not os.path.exists(path):
        raise Failure("callgrind wrote nothing")
    text = subprocess.run(["callgrind_annotate", "--threshold=100", "--auto=no", path],
                          capture_output=True, text=True, check=True).stdout
    rows = [(int(count.replace(",", "")), function, library) for count, function, library in re.findall(
        r"^ *([\d,]+) \([^)]*\)  [^:\n]*:(.*?)(?: \[([^\]\n]*/[^\]\n]*)\])?$", text, re.MULTILINE)]
    # What was inlined from another file stands in a row of its own, without the library.
    home = {function: library for _, function, library in rows if library}
    counts = collections.Counter()
    for count, function, library in rows:
        name = os.path.basename(library or home.get(function, "elsewhere"))
        counts[re.sub(r"\.so.*", "", name)] += count
    whole = int(re.search(r"^ *([\d,]+) .*PROGRAM TOTALS$", text, re.MULTILINE).group(1).replace(",", ""))
    if abs(sum(counts.values()) - whole) > whole / 1000:
        raise Failure(f"{sum(counts.values()):,} of {whole:,} instructions found in what callgrind wrote")
    return counts


def main(words):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--load", required=True)
    parser.add_argument("--ccnproxy", required=True)
    options = parser.parse_args(words)
    try:
        counted = _Counted(options, Workspace())
        for way, arguments in WAYS.items():
            short, long = (counted.by_library(n, arguments) for n in (SHORT, LONG))
            each = {name: (long[name] - short[name]) / (LONG - SHORT) for name in long}
            print(f"{way}: {sum(each.values()):,.0f} instructions a request")
            for name, count in sorted(each.items(), key=lambda item: -item[1]):
                if count >= 50:
                    print(f"  {count:8,.0f}  {name}")
    except Failure as failure:
        print(f"FAIL {failure}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
