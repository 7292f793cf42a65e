# shellcheck shell=bash
# find_package [FILE]: the package under test is in $package; made if none is given.
find_package() {
  if [[ $1 ]]; then
    package=$(realpath "$1")
  else
    package=$(nice -n 19 "$(dirname "${BASH_SOURCE[0]}")/../../../packaging/build_package.sh" 2>&1 |
      tee "${tap_work:?}/build.log" | tail -n 1)
  fi
  [[ -f $package ]] || { tail -n 30 "$tap_work/build.log"; echo "no package: $package"; exit 1; }
}

# lower_version PACKAGE NEW-PACKAGE: the same as version 0.1.0 had it, with its units in /lib.
lower_version() {
  local folder=$tap_work/unpacked
  rm -rf "$folder"
  dpkg-deb -R "$1" "$folder"
  sed -i 's/^Version: .*/Version: 0.1.0/' "$folder/DEBIAN/control"
  mkdir -p "$folder/lib"
  mv "$folder/usr/lib/systemd" "$folder/lib/"
  sed -i 's|  usr/lib/systemd/|  lib/systemd/|' "$folder/DEBIAN/md5sums"
  dpkg-deb --root-owner-group -b "$folder" "$2"
}

# raise_version PACKAGE NEW-PACKAGE: the same with a higher version.
raise_version() {
  local folder=$tap_work/unpacked
  rm -rf "$folder"
  dpkg-deb -R "$1" "$folder"
  sed -i 's/^Version: .*/&+next/' "$folder/DEBIAN/control"
  dpkg-deb --root-owner-group -b "$folder" "$2"
}
