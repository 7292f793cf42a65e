#!/bin/bash
# Do the same sources give the same bytes? Makes the packages twice, from scratch, in two folders with names of different
# lengths, without a compiler's cache, with other numbers of jobs, other times of the files, another umask, language and home.
# Two whole builds: so tests/package/run.sh does this only with REPRODUCIBLE=1. Usage: tests/package/reproducible_test.sh
# Environment: WORK, a folder for both (a temporary one unless set); what is in it already is not built again.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
top=$(realpath "$here/../..")
work=${WORK:-$tap_work}

# What git has of this tree, as it is now; where there is no git (tests/trees), all but what was built.
copy_sources() {
  mkdir -p "$1"
  (
    cd "$top"
    if [[ -e .git ]]; then git ls-files -z | tar cf - --null -T -; else tar cf - --exclude=./build .; fi
  ) | tar xf - --no-same-owner -C "$1"
}

# build FOLDER JOBS MTIME UMASK
build() (
  [[ ! -e $1/done ]] || return 0
  umask "$4"
  copy_sources "$1/tree"
  find "$1/tree" -exec touch -d "$3" {} +
  env CCACHE_DISABLE=1 HOME="$1" LANG="${5:-C}" JOBS="$2" "$1/tree/packaging/build_package.sh" "$1/packages" \
    >"$1/log" 2>&1 || { tail -n 30 "$1/log"; return 1; }
  touch "$1/done"
)
sums() { (cd "$1/packages" && sha256sum -- *.deb); }

test_two_builds_are_equal_byte_for_byte() {
  build "$work/a" 2 2026-01-01 022
  build "$work/another/and/longer/one" 1 2001-02-03 077 C.UTF-8
  equal 'packages' 2 "$(sums "$work/a" | wc -l)"
  equal 'sha256' "$(sums "$work/a")" "$(sums "$work/another/and/longer/one")"
  sums "$work/a"
}

run_tests
