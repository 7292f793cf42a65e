#!/bin/sh
# Measures ccnproxy beside haproxy, nginx and nghttpx, and writes docs/performance.md and .svg.
#   tests/bench/run.sh [--quick] [--peers-only] [options of bench.py]
# --quick takes 40 s and only prints; --peers-only leaves ccnproxy out (and only prints).
. "$(dirname "$0")/common.sh"
need haproxy nginx nghttpx openssl python3 taskset setpriv
measure bench.py "$@"
