#!/bin/sh
# Measures ccnproxy beside haproxy, nginx, nghttpx and, where there is one (Debian 12), h2o, and writes docs/development/performance.md and .svg.
#   tests/bench/run.sh [--quick] [--peers-only] [options of bench.py]
# --quick takes a minute and only prints; --peers-only leaves ccnproxy out (and only prints).
# --ccnproxy PROGRAM measures that one instead of the build's, an installed package's say (and only prints).
. "$(dirname "$0")/common.sh"
need haproxy nginx nghttpx openssl python3 taskset setpriv
measure bench.py "$@"
