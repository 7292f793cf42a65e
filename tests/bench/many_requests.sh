#!/bin/sh
# Asserts that 120,000 requests succeed over as few origin connections as their number at once needs.
#   tests/bench/many_requests.sh [--workers N] [--proxy NAME]
# --proxy haproxy_h2 (or another of peers.py) runs the same against a peer, without building ccnproxy.
. "$(dirname "$0")/common.sh"
need nginx openssl python3 taskset setpriv wrk
count many_requests.py "$@"
