#!/bin/bash
# The release build's tests, the end-to-end tests and the quickstart on the other of the two releases of Debian that are
# supported: on Debian 12 in a tree of Debian 13, on 13 in one of 12. Usage: tests/trees/other_release.sh
#   The tree is made bare, by debootstrap from the mirror that apt uses here, and kept in build/trees until the
#   lists of packages change, so that packaging/install_dependencies.sh has to bring all that the rest needs.
# Needs root, debootstrap and a mirror; without them it is left out and says so. Environment: JOBS.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

case ${1:-} in
  '') ;;
  *) sed -n '2,8s/^# //p' "$0" >&2; exit 2 ;;
esac

# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"

other_release() {
  case $(this_release) in
    bookworm) echo trixie ;;
    trixie) echo bookworm ;;
  esac
}

other=$(other_release)
[[ $other ]] || left_out 'this is neither Debian 12 nor Debian 13'
make_tree "$other" ported
# Without debug information, whose writing is a third of the build's time; -O2 as it is shipped, since the optimizer is what
# finds most of what a compiler warns of.
in_tree /src/tests/run.sh --ported -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 </dev/null
