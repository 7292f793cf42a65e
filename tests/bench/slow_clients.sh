#!/bin/sh
# Asserts that 10,000 slow clients are cut in time, and harm neither memory nor who comes beside them.
#   tests/bench/slow_clients.sh [--clients N] [--workers N] [--modes heads,bodies,responses]
. "$(dirname "$0")/common.sh"
need chrt nginx openssl prlimit python3 setpriv slowhttptest
count slow_clients.py "$@"
