# shellcheck shell=bash
# A Debian tree that boots, of this machine's release or of that in RELEASE (12, 13, bookworm, trixie). It is made once
# (debootstrap, minutes) and kept in build/trees; each test runs on an overlay of it in memory, so that it is never
# changed and a repeat begins at once.

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")
# shellcheck source=tests/trees/tree.sh
source "$top/tests/trees/tree.sh"

# systemd and what the tests use. Not procps: a system may be without it (/bin/kill), and the package must not mind.
booting_packages=(systemd systemd-sysv libnss-systemd dbus nginx-light curl python3-minimal iproute2 ca-certificates init-system-helpers)

# The packages with the libraries that a package was linked with, on the release where it was built. (Depends names interfaces,
# too, which packages provide.)
libraries_of() {
  dpkg-deb --fsys-tarfile "$1" | tar xO ./usr/share/ccnproxy/ccnproxy.spdx.json | python3 -c '
import json, sys
sbom = json.load(sys.stdin)
names = {one["SPDXID"]: one["name"] for one in sbom["packages"]}
print(*sorted(names[one["relatedSpdxElement"]] for one in sbom["relationships"] if one["relationshipType"] == "DYNAMIC_LINK"), sep="\n")'
}

# make_booting_tree PACKAGE.deb: makes the tree if it is not there, with what the package needs, so that installing it needs no
# network. The tree's folder is in $tree. Another release or another list of packages is another tree.
make_booting_tree() {
  local release packages
  release=$(codename_of "${RELEASE:-}")
  mapfile -t packages < <({ printf '%s\n' "${booting_packages[@]}"; libraries_of "$1"; } | sort -u)
  tree=$trees/$release-booting-$(sha256sum <<<"${packages[*]}" | cut -c1-12)
  bootstrap "$release" "${packages[@]}"
}
