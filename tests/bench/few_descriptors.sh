#!/bin/sh
# Asserts that 1,000 clients of a daemon with 256 descriptors are answered or refused in words, without a busy loop, and that /hc and
# /healthz are answered meanwhile.
#   tests/bench/few_descriptors.sh [--workers N]
. "$(dirname "$0")/common.sh"
need nginx openssl prlimit python3 setpriv
count few_descriptors.py "$@"
