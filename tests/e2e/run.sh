#!/bin/bash
# The end-to-end tests: real parts from Debian (nginx, PHP, unbound, curl) around the daemon.
# Usage: tests/e2e/run.sh [--large [--size MIB]] [DAEMON]
# --large adds transfers of 1 GiB, which take minutes. ONLY='test_F11*' runs the tests that match.
# Each script can be run alone. The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
large=
size=1024
while (($#)); do
  case $1 in
    --large) large=1 ;;
    --size) size=$2; shift ;;
    -*) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
    *) CCNPROXY=$(realpath -m "$1"); export CCNPROXY ;;
  esac
  shift
done

passed=0 failed=0
run() {
  local output
  echo "# ${1#"$here/"}"
  output=$("$@" 2>&1) || true
  echo "$output"
  local counts; counts=$(tail -n 1 <<<"$output")
  if [[ $counts =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - $1 did not come to its end"
    failed=$((failed + 1))
  fi
}

for script in "$here"/*_test.sh "$here"/../wan/wan_test.sh; do run "$script"; done
if [[ $large ]]; then run "$here/large_transfers.sh" --size "$size"; fi
echo "$passed passed, $failed failed"
((failed == 0))
