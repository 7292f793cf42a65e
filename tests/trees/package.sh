#!/bin/bash
# The package of a release of Debian: built in a bare tree of it, looked at there (lintian included), installed in a container,
# and its life in a booted one. Usage: tests/trees/package.sh [RELEASE]        (12, 13, bookworm, trixie; 13 unless given)
#   The packages are in build/packages/RELEASE afterwards, what was measured in build/package-test/figures.txt.
# Needs root, debootstrap, systemd-container and a mirror; without them it is left out and says so. Environment: JOBS;
# REPRODUCIBLE=1: builds once more, elsewhere in the tree, and compares.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"
case ${1:-} in -*) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;; esac

release=$(codename_of "${1:-13}")
folder=$top/build/packages/$release
passed=0 failed=0

# suite COMMAND...: its last line is "N passed, N failed".
suite() {
  local log=$folder/log
  echo "# $*"
  "$@" 2>&1 </dev/null | tee "$log" || true
  if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - $* did not come to its end"
    failed=$((failed + 1))
  fi
}

build() {
  in_tree /src/packaging/install_dependencies.sh build package </dev/null &&
  in_tree /src/packaging/build_package.sh </dev/null
}

command -v systemd-nspawn >/dev/null || left_out 'systemd-container is not installed'
make_tree "$release" package
mkdir -p "$folder"
rm -f "$folder"/*.deb
if build >"$folder/build.log" 2>&1; then
  cp "$tree"/src/build/package/ccnproxy{,-dbgsym}_*.deb "$folder"
  packages=("$folder"/ccnproxy_*.deb)
  echo "ok - build ${packages[0]##*/}"
  passed=1
  suite in_tree /src/tests/package/static_test.sh "/src/build/package/${packages[0]##*/}"
  if [[ ${REPRODUCIBLE:-} ]]; then
    again=build/reproducible
    rm -rf "${tree:?}/src/$again"
    mkdir -p "$tree/src/$again/a/packages"
    cp "$folder"/*.deb "$tree/src/$again/a/packages"
    touch "$tree/src/$again/a/done"
    suite in_tree env "WORK=/src/$again" /src/tests/package/reproducible_test.sh
  fi
  export RELEASE=$release
  suite "$top/tests/package/container_test.sh" "${packages[0]}"
  suite "$top/tests/package/life_test.sh" "${packages[0]}"
else
  echo 'not ok - build'
  tail -n 40 "$folder/build.log" | sed 's/^/# /'
  failed=1
fi
echo "$passed passed, $failed failed"
((failed == 0))
