#!/bin/sh
# Asserts that 1,000 clients of a daemon with 256 descriptors are all served, without a busy loop meanwhile.
#   tests/bench/few_descriptors.sh [--workers N]
. "$(dirname "$0")/common.sh"
need nginx openssl prlimit python3 setpriv
count few_descriptors.py "$@"
