#!/bin/bash
# Is what README.md and docs/**/*.md say true? Every code block is run or says why not, every snippet does what its page says,
# every name is there. tests/package/kubernetes_test.sh needs no package and no cluster, so it runs here as well.
# Usage: tests/docs/run.sh [DAEMON]       Each script can be run alone. The last line is "N passed, N failed".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CCNPROXY=$(realpath -m "${1:-${CCNPROXY:-$here/../../build/release/ccnproxy}}")
export CCNPROXY

passed=0 failed=0
for script in "$here"/*_test.sh "$here"/../package/kubernetes_test.sh; do
  echo "# ${script##*/}"
  output=$("$script" 2>&1) || true
  echo "$output"
  if [[ $(tail -n 1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - $script did not come to its end"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
((failed == 0))
