#!/bin/bash
# Differential tests: what an application sees of some 360 origin responses, directly by curl, through ccnproxy, nginx and
# HAProxy; and what reaches an origin of some 120 requests, sent directly and through ccnproxy.
# Usage: tests/differential/run.sh [DAEMON] [--only TEXT] [--all]
# A difference passes if responses.txt or requests.txt gives its reason. The last line is "N passed, N failed".
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
daemon=$here/../../build/release/ccnproxy
if (($#)) && [[ $1 != --* ]]; then daemon=$1; shift; fi

passed=0 failed=0
for test in responses requests; do
  echo "# $test"
  output=$(python3 -B "$here/${test}_test.py" "$(realpath -m "$daemon")" "$@" 2>&1) || true
  echo "$output"
  if [[ $(tail -n 1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - the table of $test did not come to its end"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
((failed == 0))
