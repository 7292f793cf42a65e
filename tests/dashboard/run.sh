#!/bin/bash
# The dashboard's tests: its functions in Node.js, and the page in Debian's Chromium with a real daemon behind it.
# Usage: tests/dashboard/run.sh [DAEMON]       Before it once: tests/dashboard/install.sh
#        tests/dashboard/run.sh --screenshots [DAEMON]    makes docs/dashboard-*.png anew, in two minutes
# ONLY=WORDS runs the tests whose names have them; CHROMIUM names another browser. The last line is "N passed, N failed".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
screenshots=
if [[ ${1:-} == --screenshots ]]; then
  screenshots=1
  shift
fi
CCNPROXY=$(realpath -m "${1:-${CCNPROXY:-$here/../../build/release/ccnproxy}}")
DASHBOARD_MODULES=$(realpath -m "$here/../../build/dashboard-tests")
DASHBOARD_WORK=$(mktemp -d "${TMPDIR:-/tmp}/ccnproxy-dashboard.XXXXXX")
trap 'rm -rf "$DASHBOARD_WORK"' EXIT
export CCNPROXY DASHBOARD_MODULES DASHBOARD_WORK
# shellcheck source=tests/e2e/lib/certificates.sh
source "$here/../e2e/lib/certificates.sh"

passed=0 failed=0
run() {
  local output
  echo "# ${1##*/}"
  output=$(node "$1" 2>&1) || true
  echo "$output"
  if [[ $(tail -n 1 <<<"$output") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    echo "not ok - $1 did not come to its end"
    failed=$((failed + 1))
  fi
}

make_certificates "$DASHBOARD_WORK" api.test payments.example storage.example hooks.example
if [[ $screenshots ]]; then
  node "$here/screenshots.mjs" "$here/../../docs"
  exit
fi
run "$here/functions_test.mjs"
if [[ -d $DASHBOARD_MODULES/node_modules ]]; then
  run "$here/dashboard_test.mjs"
  run "$here/pictures_test.mjs"
else
  echo "not ok - the npm packages are missing: run tests/dashboard/install.sh"
  failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
