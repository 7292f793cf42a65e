# shellcheck shell=bash
# A Debian 12 tree that boots. It is made once (debootstrap, minutes) and kept in build/package-test; each test
# runs on an overlay of it in memory, so that it is never changed and a repeat begins at once.

tree_cache=$(realpath -m "$(dirname "${BASH_SOURCE[0]}")/../../../build/package-test")
# systemd and what the tests use; then what the package depends on, so that installing it needs no network.
tree_packages=(systemd systemd-sysv libnss-systemd dbus nginx-light curl python3-minimal iproute2 procps
  libc-ares2 libnghttp2-14 libssl3 libspdlog1.10 libfmt9 libyaml-cpp0.7 init-system-helpers ca-certificates)

# The mirror that this machine's apt uses for Debian 12.
tree_mirror() {
  # shellcheck disable=SC2016  # apt-get's variables, not the shell's
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "Debian" && $2 == "bookworm" { print $3; exit }'
}

# Makes the tree if it is not there; its folder is in $tree. Another list of packages is another tree.
make_tree() {
  local mirror including key
  including=$(IFS=,; echo "${tree_packages[*]}")
  key=$(sha256sum <<<"$including" | cut -c1-12)
  tree=$tree_cache/tree-$key
  if [[ -e $tree.complete ]]; then return; fi
  mirror=$(tree_mirror)
  [[ $mirror ]] || { echo 'apt knows no mirror of Debian 12 here'; return 1; }
  mkdir -p "$tree_cache"
  rm -rf "$tree"
  nice -n 19 debootstrap --variant=minbase --include="$including" bookworm "$tree" "$mirror" \
    >"$tree_cache/debootstrap.log" 2>&1 || { tail -n 20 "$tree_cache/debootstrap.log"; return 1; }
  rm -rf "$tree"/var/cache/apt/archives/*.deb "$tree"/var/lib/apt/lists/*
  touch "$tree.complete"
}
