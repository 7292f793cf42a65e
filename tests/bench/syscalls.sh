#!/bin/sh
# System calls of each proxy per request, in a run of its own; writes a section of docs/development/performance.md.
#   tests/bench/syscalls.sh [--peers-only] [options of syscalls.py]
# --peers-only leaves ccnproxy out (and only prints).
. "$(dirname "$0")/common.sh"
need haproxy nginx nghttpx openssl python3 taskset setpriv perf strace
measure syscalls.py "$@"
