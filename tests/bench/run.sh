#!/bin/sh
# Measures ccnproxy beside haproxy, nginx, nghttpx and h2o, and writes docs/performance.md and .svg.
#   tests/bench/run.sh [--quick] [--peers-only] [options of bench.py]
# --quick takes a minute and only prints; --peers-only leaves ccnproxy out (and only prints).
. "$(dirname "$0")/common.sh"
need h2o haproxy nginx nghttpx openssl python3 taskset setpriv
measure bench.py "$@"
