#!/bin/bash
# Makes the Debian package of this tree. Usage: packaging/build_package.sh [FOLDER]
# Needs what packaging/install_dependencies.sh build package installs. Builds in build/package; the packages
# ccnproxy_VERSION_ARCHITECTURE.deb and ccnproxy-dbgsym_... (debug symbols) go into FOLDER (build/package unless given), the
# path of the first is the last line of output. Environment: BUILD_DIR (instead of build/package), JOBS.
# The same sources, compiler and libraries give the same bytes, in whatever folder.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${BUILD_DIR:-$top/build/package}")
folder=$(realpath -m "${1:-$build}")
case ${1:-} in
  -*) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
jobs=${JOBS:-$(nproc)}
changelog=$top/packaging/debian/changelog

fail() { echo "build_package.sh: $*" >&2; exit 1; }

version=$(sed -n 's/^project(ccnproxy VERSION \([0-9.]*\).*/\1/p' "$top/CMakeLists.txt")
written=$(sed -n '1s/^ccnproxy (\([^)]*\)).*/\1/p' "$changelog")
[[ $version == "$written" ]] || fail "CMakeLists.txt says version $version, $changelog $written"

SOURCE_DATE_EPOCH=$(date -d "$(sed -n '/^ -- /{s/.*>  //p;q}' "$changelog")" +%s)
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022

# Compilers that predefine _FORTIFY_SOURCE (Ubuntu's) would warn of another value.
hardening="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection"
case $(dpkg --print-architecture) in
  amd64) hardening+=' -fcf-protection' ;;
  arm64) hardening+=' -mbranch-protection=standard' ;;
esac
# Of two maps for a path the last one counts: the build folder may be in the tree or elsewhere.
maps="-ffile-prefix-map=$top=. -ffile-prefix-map=$build=./build/package"
cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF \
  -DCMAKE_INSTALL_PREFIX=/usr -DCMAKE_C_FLAGS="$hardening $maps" -DCMAKE_CXX_FLAGS="$hardening $maps -fPIE" \
  -DCMAKE_EXE_LINKER_FLAGS='-pie -Wl,-z,relro,-z,now'
cmake --build "$build" -j "$jobs"
"$top/packaging/make_sbom.py" "$build" "$version" >"$build/packaged/ccnproxy.spdx.json"

mkdir -p "$folder"
rm -f "$folder"/ccnproxy{,-dbgsym}_*.*deb
cpack --config "$build/CPackConfig.cmake" -B "$folder"
rm -rf "$folder/_CPack_Packages" "$folder/install_manifest.txt"
architecture=$(dpkg --print-architecture)

# CPack makes the package of symbols as Ubuntu does (.ddeb), with the build's folder in md5sums and no word of its licence: here
# it is put together again as Debian's tools would have it.
symbols=$folder/ccnproxy-dbgsym_${version}_$architecture.deb
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
dpkg-deb -R "${symbols%.deb}.ddeb" "$unpacked"
rm "${symbols%.deb}.ddeb"
mkdir -p "$unpacked/usr/share/doc"
ln -s ccnproxy "$unpacked/usr/share/doc/ccnproxy-dbgsym"
find "$unpacked" -type d -exec chmod 755 {} +
find "$unpacked/usr" -type f -exec chmod 644 {} +
sed -i '/^Package-Type:/d' "$unpacked/DEBIAN/control"
(cd "$unpacked" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group -Zxz -b "$unpacked" "$symbols"
echo "$folder/ccnproxy_${version}_$architecture.deb"
