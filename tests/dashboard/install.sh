#!/bin/bash
# Puts the npm packages of the dashboard's tests (package-lock.json) into build/dashboard-tests, out of the source tree.
# Usage: tests/dashboard/install.sh         Does nothing where they are there already. No scripts of packages are run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
into=$here/../../build/dashboard-tests
if [[ -d $into/node_modules ]] && cmp -s "$here/package-lock.json" "$into/package-lock.json"; then exit 0; fi
mkdir -p "$into"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$into/"
cd "$into"
npm ci --ignore-scripts --no-fund --no-audit
