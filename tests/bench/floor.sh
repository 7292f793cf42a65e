#!/bin/sh
# Measures ccnproxy and its peers beside a program that only passes bytes on (floor.cc): what the kernel and TLS cost at least. Prints only.
#   tests/bench/floor.sh [options of bench.py]
. "$(dirname "$0")/common.sh"
need haproxy nginx openssl python3 taskset setpriv
build_targets bench_floor
measure bench.py --floor "$build/bench_floor" --cases A,B,A2k,B2k,A25k \
  --proxies ccnproxy,ccnproxy_h1,haproxy_h2,haproxy_h1,nginx,floor --seconds 150 "$@"
