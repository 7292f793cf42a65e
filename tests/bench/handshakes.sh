#!/bin/sh
# Counts what origins that end their connections are asked: one request each, then handshakes, with the default pool. Prints a
# table, and asserts at most 12 in 40 s where connections end right after TLS, and 2/s where it is their idle limit that is short.
#   tests/bench/handshakes.sh [--seconds N]
. "$(dirname "$0")/common.sh"
need haproxy nginx openssl python3 setpriv
build_targets ccnproxy
exec python3 -B "$bench/handshakes.py" --ccnproxy "$build/ccnproxy" "$@"
