#!/bin/sh
# Connections to origins where descriptors are few: every request is answered or refused in words, and /hc and /healthz are answered
# all the while. (a) 200 descriptors, one client, 400 origins of one request each; (b) 1,024 descriptors, 20 slow http/1.1 origins and
# 60 clients.
#   tests/bench/origin_descriptors.sh [--workers N]
. "$(dirname "$0")/common.sh"
need openssl prlimit python3 setpriv
build_targets ccnproxy
exec python3 -B "$bench/origin_descriptors.py" --ccnproxy "$build/ccnproxy" "$@"
