"""What the counting checks (many_requests, slow_reader) share: one proxy before the origin, and a verdict."""

import argparse
import sys

from cases import CLIENT_HOST
from origin import Origin
from peers import all_proxies, ccnproxy
from processes import Failure, Workspace, run_load


def parse_arguments(words, text, workers):
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--proxy", default="ccnproxy", help="another proxy by name, to compare (one worker)")
    parser.add_argument("--workers", type=int, default=workers)
    parser.add_argument("--ccnproxy", default="")
    parser.add_argument("--load", required=True)
    return parser.parse_args(words)


class Scene:
    """The origin and one proxy, not pinned to a CPU; expectations are printed and remembered."""

    def __init__(self, options):
        self.workspace = Workspace()
        self.workers = options.workers if options.proxy == "ccnproxy" else 1
        self._load = options.load
        self.proxy = self._choose(options)
        self.origin = Origin(self.workspace, [self.proxy.name], None)
        self.proxy.start(self.workspace, self.origin.ports[self.proxy.name], None)
        self._failed = 0

    def _choose(self, options):
        if options.proxy == "ccnproxy":
            return ccnproxy(options.ccnproxy, workers=self.workers)
        known = all_proxies("")
        if options.proxy not in known:
            raise Failure(f"unknown proxy {options.proxy} (known: {', '.join(known)})")
        return known[options.proxy]

    def load(self, *words):
        return run_load([self._load], None, ["--port", self.proxy.port, "--host", CLIENT_HOST, *words])

    def opened(self):
        """TLS connections at the origin: those that carried a request, and all."""
        return self.origin.opened(self.proxy.name), self.origin.accepted()

    def expect(self, what, holds):
        print(f"{'ok  ' if holds else 'FAIL'} {what}")
        self._failed += not holds

    def verdict(self):
        return 1 if self._failed else 0


def run(check, words, text, workers=1):
    """Runs a check; a set-up that does not come up is a failure like any other."""
    options = parse_arguments(words, text, workers)
    try:
        scene = Scene(options)
        check(scene)
    except Failure as failure:
        print(f"FAIL {failure}")
        return 1
    sys.stdout.flush()
    return scene.verdict()
