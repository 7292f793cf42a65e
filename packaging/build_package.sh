#!/bin/bash
# Makes the Debian package of this tree. Usage: packaging/build_package.sh [FOLDER]
# Needs what packaging/install_dependencies.sh build package installs. Builds in build/package; the package
# ccnproxy_VERSION_ARCHITECTURE.deb goes into FOLDER (build/package unless given), its path is the last line of output.
# Environment: BUILD_DIR (instead of build/package), JOBS.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD_DIR:-$top/build/package}
folder=${1:-$build}
case $folder in
  -*) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
jobs=${JOBS:-$(nproc)}
changelog=$top/packaging/debian/changelog

fail() { echo "build_package.sh: $*" >&2; exit 1; }

version=$(sed -n 's/^project(ccnproxy VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
written=$(sed -n '1s/^ccnproxy (\([^)]*\)).*/\1/p' "$changelog")
[[ $version == "$written" ]] || fail "CMakeLists.txt says version $version, $changelog $written"

# The same sources give the same package.
SOURCE_DATE_EPOCH=$(date -d "$(sed -n '/^ -- /{s/.*>  //p;q}' "$changelog")" +%s)
export SOURCE_DATE_EPOCH
umask 022

hardening="-fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$top=."
cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF \
  -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_C_FLAGS="$hardening" -DCMAKE_CXX_FLAGS="$hardening -fPIE" \
  -DCMAKE_EXE_LINKER_FLAGS='-pie -Wl,-z,relro,-z,now'
cmake --build "$build" -j "$jobs"
mkdir -p "$folder"
cpack --config "$build/CPackConfig.cmake" -B "$folder"
rm -rf "$folder/_CPack_Packages" "$folder/install_manifest.txt"
echo "$folder/ccnproxy_${version}_$(dpkg --print-architecture).deb"
