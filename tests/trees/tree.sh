# shellcheck shell=bash
# Bare trees of Debian in build/trees, made by debootstrap from the mirror that apt uses here, and commands in them. Who
# sources this sets $top, the folder of the sources.

trees=$top/build/trees

# Ends the script: its tests can't be run here. The last line is as a suite's.
left_out() {
  echo "left out, as $*"
  echo '0 passed, 0 failed'
  exit 0
}

this_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

# The codename of a release that is given by it or by its number; this machine's if none is given.
codename_of() {
  case ${1:-} in
    12) echo bookworm ;;
    13) echo trixie ;;
    '') this_release ;;
    *) echo "$1" ;;
  esac
}

# The mirror that this machine's apt uses for its own release: all of Debian's releases are there.
mirror() {
  # shellcheck disable=SC2016  # apt-get's variables, not the shell's
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$(this_release)" '$1 == "Debian" && $2 == release { print $3; exit }'
}

# make_tree RELEASE FOR: with the sources in /src; its folder is in $tree, one for each use. It is kept until the lists of
# packages change, so that what is needed has to be installed in it by those who use it.
make_tree() {
  tree=$trees/$1-$2-$(sha256sum "$top/packaging/install_dependencies.sh" | cut -c1-12)
  bootstrap "$1"
  cp -f /etc/resolv.conf "$tree/etc/resolv.conf"
  copy_sources
}

# bootstrap RELEASE [PACKAGE...]: makes $tree, with these packages, unless it is there.
bootstrap() {
  local mirror including
  ((EUID == 0)) || left_out 'a tree of Debian needs root'
  unshare --mount --pid --fork true 2>/dev/null || left_out 'namespaces can not be made here'
  [[ ! -e $tree.complete ]] || return 0
  command -v debootstrap >/dev/null || left_out 'debootstrap is not installed'
  mirror=$(mirror)
  [[ $mirror ]] || left_out 'apt knows no mirror of Debian here (apt-get update tells it)'
  echo "# Debian $1, from $mirror" >&2
  including=$(IFS=,; echo "${*:2}")
  mkdir -p "$trees"
  rm -rf "${tree:?}"
  if ! debootstrap --force-check-gpg --variant=minbase ${including:+"--include=$including"} "$1" "$tree" "$mirror" \
    >"$tree.log" 2>&1 </dev/null; then
    echo "not ok - a tree of $1 can not be made"
    tail -n 40 "$tree.log" | sed 's/^/# /'
    echo '0 passed, 1 failed'
    exit 1
  fi
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
