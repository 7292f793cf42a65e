#!/bin/bash
# Makes the tree that the package's tests boot, if it is not there yet, and prints its folder.
# Usage: tests/package/make_tree.sh [RELEASE [PACKAGE.deb]]
# RELEASE is 12, 13 or a codename, this machine's unless given; PACKAGE (build/package/ccnproxy_*.deb unless given) says which
# libraries belong into the tree, and has to be built on that release.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/package/lib/tree.sh
source "$here/lib/tree.sh"
case ${1:-} in -*) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;; esac
RELEASE=${1:-}
packages=("${2:-"$here"/../../build/package/ccnproxy_*.deb}")
# shellcheck disable=SC2206  # a pattern, if none was given
packages=(${packages[0]})
[[ -f ${packages[0]} ]] || { echo "no package: ${packages[0]}" >&2; exit 1; }
make_booting_tree "${packages[0]}"
echo "$tree"
