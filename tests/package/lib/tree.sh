# shellcheck shell=bash
# A Debian tree that boots, of this machine's release or of that in RELEASE (12, 13, bookworm, trixie). It is made once
# (debootstrap, minutes) and kept in build/package-test; each test runs on an overlay of it in memory, so that it is never
# changed and a repeat begins at once.

tree_cache=$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/../../../build/package-test")
# systemd and what the tests use. Not procps: a system may be without it (/bin/kill), and the package must not mind.
tree_packages=(systemd systemd-sysv libnss-systemd dbus nginx-light curl python3-minimal iproute2 ca-certificates init-system-helpers)

# The codename of a release, this machine's unless one is given.
tree_suite() {
  case ${1:-} in
    12) echo bookworm ;;
    13) echo trixie ;;
    '') sed -n 's/^VERSION_CODENAME=//p' /etc/os-release ;;
    *) echo "$1" ;;
  esac
}

# The mirror that this machine's apt uses for Debian: all of Debian's releases are there.
tree_mirror() {
  # shellcheck disable=SC2016  # apt-get's variables, not the shell's
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }'
}

# The packages with the libraries that a package was linked with, on the release where it was built. (Depends names interfaces,
# too, which packages provide.)
libraries_of() {
  dpkg-deb --fsys-tarfile "$1" | tar xO ./usr/share/ccnproxy/ccnproxy.spdx.json | python3 -c '
import json, sys
sbom = json.load(sys.stdin)
names = {one["SPDXID"]: one["name"] for one in sbom["packages"]}
print(*sorted(names[one["relatedSpdxElement"]] for one in sbom["relationships"] if one["relationshipType"] == "DYNAMIC_LINK"), sep="\n")'
}

# make_tree PACKAGE.deb: makes the tree if it is not there, with what the package needs, so that installing it needs no
# network. The tree's folder is in $tree. Another release or another list of packages is another tree.
make_tree() {
  local suite mirror including key
  suite=$(tree_suite "${RELEASE:-}")
  mapfile -t -O "${#tree_packages[@]}" tree_packages < <(libraries_of "$1")
  including=$(printf '%s\n' "${tree_packages[@]}" | sort -u | paste -sd,)
  key=$(sha256sum <<<"$including" | cut -c1-12)
  tree=$tree_cache/$suite-$key
  if [[ -e $tree.complete ]]; then return; fi
  mirror=$(tree_mirror)
  [[ $mirror ]] || { echo 'apt knows no mirror of Debian here'; return 1; }
  mkdir -p "$tree_cache"
  rm -rf "$tree"
  nice -n 19 debootstrap --variant=minbase --include="$including" "$suite" "$tree" "$mirror" \
    >"$tree_cache/debootstrap.log" 2>&1 || { tail -n 20 "$tree_cache/debootstrap.log"; return 1; }
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/*
  touch "$tree.complete"
}
