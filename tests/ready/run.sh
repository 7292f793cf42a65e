#!/bin/bash
# Measures what the pool of ready connections must show, over the WAN emulator at an RTT of 100 ms, in RTTs.
#   tests/ready/run.sh [--quick] [--write] [--keep] [ROW...]     (--help names the rows)
# A whole run takes more than half an hour and writes docs/development/readiness.md. Timings are reported; counts (failed requests,
# POSTs executed twice, handshakes) are asserted: status 1 where one is not as it must be. Needs root.
# Environment: CCNPROXY (a built daemon, instead of building build/release), WANLINK (a built wanlink).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD_DIR:-$top/build/release}

fail() { echo "run.sh: $*" >&2; exit 1; }

((EUID == 0)) || fail 'network namespaces need root'
for program in nginx openssl python3 setpriv ip cmake; do
  command -v "$program" >/dev/null || fail "$program is needed (packaging/install_dependencies.sh build demo)"
done

if [[ ! ${CCNPROXY:-} ]]; then
  [[ -f $build/CMakeCache.txt ]] || fail 'no build folder: run cmake --preset release, or set BUILD_DIR or CCNPROXY'
  cmake --build "$build" --target ccnproxy >&2
fi
if [[ ! ${WANLINK:-} ]]; then
  cmake -S "$top/tests/wan" -B "$top/build/wan" -G Ninja >/dev/null
  cmake --build "$top/build/wan" --target wanlink >&2
  export WANLINK=$top/build/wan/wanlink
fi
exec python3 -B "$here/ready.py" --ccnproxy "${CCNPROXY:-$build/ccnproxy}" --docs "$top/docs/development/readiness.md" "$@"
