#!/bin/bash
# Puts the programs of this folder and the npm packages of its lock file into build/sigv4-tests, out of the source tree, and
# prints where that is. Where the packages are there already, nothing is asked of anybody. No scripts of packages are run.
# Usage: tests/e2e/sigv4/install.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$here/../../../build/sigv4-tests"
into=$(cd "$here/../../../build/sigv4-tests" && pwd)
have=$into/node_modules/.package-lock.of-this-test.json
cp "$here"/*.mjs "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$into/"
if ! cmp -s "$here/package-lock.json" "$have"; then
  (cd "$into" && timeout 300 npm ci --ignore-scripts --no-fund --no-audit --silent >&2)
  cp "$here/package-lock.json" "$have"
fi
echo "$into"
