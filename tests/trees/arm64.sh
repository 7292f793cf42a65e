#!/bin/bash
# The daemon and the unit tests built for arm64, and the latter run under qemu-user: on a machine of any other architecture, in
# a tree of Debian 12 or of the release that is named. Usage: tests/trees/arm64.sh [RELEASE]        (12, 13, bookworm, trixie)
#   The tests run once more with memory pages of 64 KiB, where qemu can have them: Debian 12's (7.2) can, 13's (10.0) can not.
# Needs root, debootstrap and a mirror; without them it is left out and says so. Environment: JOBS.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"
case ${1:-} in -*) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;; esac

[[ $(dpkg --print-architecture) != arm64 ]] || left_out 'this machine is one: tests/run.sh tests it'
make_tree "$(codename_of "${1:-12}")" arm64
in_tree /src/tests/trees/arm64_inside.sh </dev/null
