#!/bin/bash
# The release build's tests, the end-to-end tests and the quickstart on the other of the two releases of Debian that are
# supported: on Debian 12 in a tree of Debian 13, on 13 in one of 12. Usage: tests/other_release/run.sh
#   The tree is made bare, by debootstrap from the mirror that apt uses here, and kept in build/other-release until the
#   lists of packages change, so that packaging/install_dependencies.sh has to bring all that the rest needs.
# Needs root, debootstrap and a mirror; without them it is left out and says so. Environment: JOBS.
# The last line is "N passed, N failed"; exit code 1 if any failed.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=$top/build/other-release

case ${1:-} in
  '') ;;
  *) sed -n '2,8s/^# //p' "$0" >&2; exit 2 ;;
esac

left_out() {
  echo "other release: left out, as $*"
  echo '0 passed, 0 failed'
  exit 0
}

failed() {
  echo "not ok - $1"
  tail -n 40 "$cache/debootstrap.log" | sed 's/^/# /'
  echo '0 passed, 1 failed'
  exit 1
}

this_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }
other_release() {
  case $(this_release) in
    bookworm) echo trixie ;;
    trixie) echo bookworm ;;
  esac
}

# The mirror that this machine's apt uses for its own release.
mirror() {
  # shellcheck disable=SC2016  # apt-get's variables, not the shell's
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$(this_release)" '$1 == "Debian" && $2 == release { print $3; exit }'
}

# make_tree RELEASE MIRROR: its folder is in $tree.
make_tree() {
  tree=$cache/$1-$(sha256sum "$top/packaging/install_dependencies.sh" | cut -c1-12)
  [[ ! -e $tree.complete ]] || return 0
  rm -rf "${cache:?}"
  mkdir -p "$cache"
  debootstrap --force-check-gpg --variant=minbase "$1" "$tree" "$2" >"$cache/debootstrap.log" 2>&1 </dev/null || return 1
  # What is lost with the machine is made again: not waiting for the disk after each file halves the time.
  echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
  touch "$tree.complete"
}

# Ours, without what was built from it; what was built in the tree stays there, older than what changed.
copy_sources() {
  mkdir -p "$tree/src"
  find "$tree/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  tar -C "$top" --exclude=./build --exclude=./.git -cf - . | tar -C "$tree/src" -xf -
}

# in_tree COMMAND...: with mounts and processes that end with it, whatever ends it.
in_tree() {
  # shellcheck disable=SC2016  # the inner shell's
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    tree=$1; shift
    mount --bind "$tree" "$tree"  # "/" has to be a mount where namespaces are made
    mount -t proc proc "$tree/proc"
    mount --rbind /sys "$tree/sys"
    mount --rbind /dev "$tree/dev"
    mount -t tmpfs tmpfs "$tree/run"
    mount -t tmpfs tmpfs "$tree/tmp"
    exec chroot "$tree" "$@"' in_tree "$tree" \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    "JOBS=${JOBS:-$(nproc)}" ${http_proxy:+"http_proxy=$http_proxy"} "$@"
}

other=$(other_release)
[[ $other ]] || left_out 'this is neither Debian 12 nor Debian 13'
((EUID == 0)) || left_out 'making a tree of another release needs root'
command -v debootstrap >/dev/null || left_out 'debootstrap is not installed'
unshare --mount --pid --fork true 2>/dev/null || left_out 'namespaces can not be made here'
mirror=$(mirror)
[[ $mirror ]] || left_out 'apt knows no mirror of Debian here (apt-get update tells it)'

echo "# Debian $other, from $mirror"
make_tree "$other" "$mirror" || failed "a tree of $other can not be made"
cp -f /etc/resolv.conf "$tree/etc/resolv.conf"
copy_sources
# Without debug information, whose writing is a third of the build's time; -O2 as it is shipped, since the optimizer is what
# finds most of what a compiler warns of.
in_tree /src/tests/run.sh --ported -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 </dev/null
