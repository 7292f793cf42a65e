#!/bin/bash
# docs/tutorial.md on a bare Debian: its first step, the build, as printed; then the others (tests/docs/tutorial_test.sh) with
# what was built. Usage: tests/trees/tutorial.sh [RELEASE]        (12, 13, bookworm, trixie; this machine's unless given)
# Needs root, debootstrap and a mirror; without them it is left out and says so.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"
case ${1:-} in -*) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;; esac

release=$(codename_of "${1:-}")
make_tree "$release" tutorial
rm -rf "$tree/src/build" "$tree/page"
python3 -B "$top/tests/docs/blocks.py" files "$tree/page" "$top/docs/tutorial.md"
begin=$SECONDS
# shellcheck disable=SC2016  # the inner shell's
if in_tree bash -c 'cd /src && TIMEFORMAT="%R s, %U + %S s of CPU" && time bash -euo pipefail /page/run/tutorial/1-build.sh' \
  >"$tree.build.log" 2>&1 </dev/null; then
  echo "ok - the first step on $release took $((SECONDS - begin)) s ($(tail -n 1 "$tree.build.log"))"
else
  tail -n 40 "$tree.build.log" | sed 's/^/# /'
  echo 'not ok - the first step'
  echo '0 passed, 1 failed'
  exit 1
fi
in_tree /src/packaging/install_dependencies.sh e2e >>"$tree.build.log" 2>&1 </dev/null
in_tree /src/tests/docs/tutorial_test.sh /src/build/release/ccnproxy </dev/null
