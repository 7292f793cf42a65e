#!/bin/sh
# Asserts that health checks are answered within 100 ms whatever other connections to the admin endpoint do.
#   tests/bench/admin_silent.sh [DAEMON [CONNECTIONS]]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
daemon=${1:-${CCNPROXY:-$here/../../build/release/ccnproxy}}
exec python3 -B "$here/admin_silent.py" "$daemon" ${2:+"$2"}
