#!/bin/sh
# Measures what a request costs ccnproxy as origins, idle clients, workers and rules grow, and what each takes of memory;
# writes a section of docs/performance.md and docs/performance-growth.svg.
#   tests/bench/growth.sh [--quick] [options of growth.py]
# --quick takes a minute, grows less and only prints.
. "$(dirname "$0")/common.sh"
need nginx openssl python3 taskset setpriv
measure growth.py "$@"
