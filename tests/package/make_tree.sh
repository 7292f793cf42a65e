#!/bin/bash
# Makes the Debian 12 tree that the package's tests boot, if it is not there yet. Usage: tests/package/make_tree.sh
set -euo pipefail
# shellcheck source=tests/package/lib/tree.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/tree.sh"
make_tree
echo "$tree"
