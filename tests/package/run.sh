#!/bin/bash
# The tests of the Debian package and of what else is in packaging/. Usage: tests/package/run.sh [PACKAGE.deb]
# Without a package it makes one. Needs what packaging/install_dependencies.sh package installs; the life of the package
# is tried only as root. That two builds are equal costs two builds and is tried only with REPRODUCIBLE=1 in the environment.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in -*) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;; esac

passed=0 failed=0
run() {
  local output counts
  echo "# ${1#"$here/"}"
  output=$("$@" 2>&1) || true
  echo "$output"
  counts=$(tail -n 1 <<<"$output")
  if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - $1 did not come to its end"
    failed=$((failed + 1))
  fi
}

package=${1:-}
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
if [[ ! $package ]]; then
  package=$("$here/../../packaging/build_package.sh" 2>&1 | tee "$unpacked/log" | tail -n 1)
  [[ -f $package ]] || { tail -n 40 "$unpacked/log"; echo '0 passed, 1 failed'; exit 1; }
fi
dpkg-deb -x "$package" "$unpacked"
run "$here/static_test.sh" "$package"
if [[ ${REPRODUCIBLE:-} ]]; then run "$here/reproducible_test.sh"; fi
run "$here/kubernetes_test.sh" "$unpacked/usr/bin/ccnproxy"
if ((EUID == 0)); then
  run "$here/container_test.sh" "$package"
  run "$here/life_test.sh" "$package"
else
  echo "# container_test.sh and life_test.sh need root"
fi
echo "$passed passed, $failed failed"
((failed == 0))
