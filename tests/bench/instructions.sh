#!/bin/sh
# Instructions of ccnproxy per request, by library: repeatable to 0.4 %, whatever else the machine does (valgrind).
#   tests/bench/instructions.sh [options of instructions.py]
. "$(dirname "$0")/common.sh"
need nginx openssl python3 setpriv valgrind
build_targets bench_load ccnproxy
exec python3 -B "$bench/instructions.py" --load "$build/bench_load" --ccnproxy "$build/ccnproxy" "$@"
