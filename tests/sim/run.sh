#!/bin/sh
# Builds the pool's simulator, runs it, and writes its tables and plot into docs/pool-policy.md and .svg.
#   tests/sim/run.sh [--seed N]
# The same seed writes the same bytes. Environment: BUILD_DIR (a configured build folder, instead of build/release).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-$top/build/release}
[ -f "$build/CMakeCache.txt" ] || { echo 'run.sh: no build folder: run cmake --preset release, or set BUILD_DIR' >&2; exit 1; }
cmake --build "$build" --target pool_simulator >&2
"$build/tests/sim/pool_simulator" --svg "$top/docs/pool-policy.svg" "$@" | python3 -B "$here/write_tables.py" "$top/docs/pool-policy.md"
