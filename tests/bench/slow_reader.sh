#!/bin/sh
# Asserts that a client which stops reading harms nobody who shares its origin connection.
#   tests/bench/slow_reader.sh [--proxy NAME]
# --proxy haproxy_h2 (or another of peers.py) runs the same against a peer, without building ccnproxy.
. "$(dirname "$0")/common.sh"
need nginx openssl python3 taskset setpriv
count slow_reader.py "$@"
