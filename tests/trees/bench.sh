#!/bin/bash
# Measures the package of a release of Debian in a tree of it, beside that release's HAProxy, nginx and nghttpx, and only prints.
# Usage: tests/trees/bench.sh RELEASE SCRIPT [OPTION...]       e.g. tests/trees/bench.sh 13 run.sh --cases A,B,C,D
#   SCRIPT is run.sh or growth.sh of tests/bench, with its options. The package is the one that tests/trees/package.sh made.
# Needs root, debootstrap and a mirror. Environment: JOBS.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"
case ${2:-} in
  run.sh | growth.sh) ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac

release=$(codename_of "$1") script=$2
shift 2
packages=("$top/build/packages/$release"/ccnproxy_*.deb)
[[ -f ${packages[0]} ]] || { echo "no package: ${packages[0]}; tests/trees/package.sh $release makes it" >&2; exit 1; }

make_tree "$release" bench
log=$tree.prepared.log
prepare() {
  # The load generator is built where the tests are, and CMake looks for their libraries.
  in_tree /src/packaging/install_dependencies.sh build bench &&
  in_tree apt-get -y -qq install --no-install-recommends libgtest-dev libgmock-dev &&
  in_tree cmake -S /src -B /src/build/release -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo
}
prepare >"$log" 2>&1 </dev/null || { tail -n 40 "$log"; exit 1; }
rm -rf "$tree/src/build/packaged"
dpkg-deb -x "${packages[0]}" "$tree/src/build/packaged"
in_tree "/src/tests/bench/$script" --ccnproxy /src/build/packaged/usr/bin/ccnproxy "$@" </dev/null
