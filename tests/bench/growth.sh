#!/bin/sh
# Measures what a request costs ccnproxy as origins, idle clients, workers and rules grow, and what each takes of memory;
# writes a section of docs/development/performance.md and docs/development/performance-growth.svg.
#   tests/bench/growth.sh [--quick] [options of growth.py]
# --quick takes a minute, grows less and only prints. --axes origins: only what warm origins cost and take of memory.
# --ccnproxy PROGRAM: that one instead of the build's. Both only print, too.
. "$(dirname "$0")/common.sh"
need nginx openssl python3 taskset setpriv
measure growth.py "$@"
