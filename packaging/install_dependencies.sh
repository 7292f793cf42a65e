#!/bin/bash
# Installs what is missing of the packages that ccnproxy needs, and nothing else, on Debian 12, 13 and newer and Ubuntu 24.04.
# Usage: packaging/install_dependencies.sh [--list] [build] [e2e] [test] [bench] [demo] [package]      (default: build)
#   build  compiler, libraries           e2e      what the unit, integration and end-to-end tests run
#   demo   what packaging/quickstart.sh  test     what all of tests/run.sh runs
#   bench  load generators and peers     package  what packaging/build_package.sh and tests/package run
# --list prints what is missing. Services that come with a package are not started.
set -euo pipefail

declare -A packages
packages[build]="g++ cmake ninja-build pkg-config libboost-dev libssl-dev libnghttp2-dev libc-ares-dev
  libspdlog-dev libyaml-cpp-dev libcli11-dev"
packages[demo]="nginx-light curl openssl iproute2 procps ca-certificates"
packages[e2e]="${packages[demo]} libgtest-dev libgmock-dev php-cli php-curl php-guzzlehttp-guzzle
  php-symfony-http-client haproxy apache2-bin jq unbound dns-root-data bind9 bind9-dnsutils dnsmasq-base python3"
packages[test]="${packages[e2e]} clang clang-format libclang-rt-dev llvm shellcheck debootstrap chromium nodejs npm prometheus
  prometheus-alertmanager python3-yaml awscli python3-boto3 rclone s3cmd php-async-aws-core php-async-aws-sqs"
packages[bench]="${packages[demo]} slowhttptest wrk nghttp2-client nghttp2-proxy haproxy python3 libbenchmark-dev strace
  linux-perf valgrind"
packages[package]="dpkg-dev lintian debootstrap systemd systemd-container man-db groff-base bsdextrautils python3 python3-yaml
  zsh curl openssl prometheus-alertmanager"

# All that a release calls otherwise than Debian 13, or has beside it: "old=new", "-old" and "group+new".
declare -A differences
differences[debian-12]="libboost-dev=libboost1.81-dev bench+h2o"
differences[debian-13]=""
differences[ubuntu-24.04]="linux-perf=linux-tools-generic -chromium -awscli bench+h2o"

fail() { echo "install_dependencies.sh: $*" >&2; exit 1; }

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# nginx comes in flavours and Node.js from several places, with or without npm in it: each will do, and installing one
# would remove another.
is_there() {
  is_installed "$1" && return
  case $1 in
    nginx-light) command -v nginx >/dev/null ;;
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) return 1 ;;
  esac
}

# Which of the releases above this system is, or is taken for: what is newer, or unstable without a number, for the newest of its kind.
release_of() {
  local ID='' VERSION_ID='' PRETTY_NAME=''
  # shellcheck source=/dev/null
  source "$1"
  local major=${VERSION_ID%%.*}
  case $ID in
    debian) ((${major:-13} >= 12)) && { echo "debian-$((${major:-13} > 13 ? 13 : ${major:-13}))"; return; } ;;
    ubuntu) ((${major:-24} >= 24)) && { echo ubuntu-24.04; return; } ;;
  esac
  fail "this is ${PRETTY_NAME:-$ID $VERSION_ID}; the names of packages are known for Debian 12 and newer and" \
    "Ubuntu 24.04 and newer; README.md lists what building needs"
}

# group NAME RELEASE: its packages, as that release calls them.
group() {
  local package difference
  local -a names
  read -rd '' -a names <<<"${packages[$1]}" || true
  local -A renamed=()
  for difference in ${differences[$2]}; do
    case $difference in
      -*) renamed[${difference#-}]='' ;;
      *=*) renamed[${difference%=*}]=${difference#*=} ;;
      "$1"+*) names+=("${difference#*+}") ;;
    esac
  done
  for package in "${names[@]}"; do
    package=${renamed[$package]-$package}
    [[ ! $package ]] || echo "$package"
  done
}

missing_of() {
  local package
  for package in "$@"; do is_there "$package" || echo "$package"; done | sort -u
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n true 2>/dev/null || [[ -t 0 ]] || fail "needs root or sudo for: $*"; sudo "$@"; fi
}

# Packages ask this file before they start their service; 101 is "no". Ours goes away again, a file that is
# already there (a container's, an administrator's) is left as it is.
policy=/usr/sbin/policy-rc.d
forbid_services() {
  [[ ! -e $policy ]] || return 0
  trap 'as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

install_packages() {
  forbid_services
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o Dpkg::Use-Pty=0)
  as_root "${apt[@]}" update
  as_root "${apt[@]}" install --no-install-recommends "$@"
}

list_only=
groups=()
for argument in "$@"; do
  case $argument in
    --list) list_only=1 ;;
    build | test | e2e | bench | demo | package) groups+=("$argument") ;;
    *) sed -n '3,7s/^# //p' "$0" >&2; exit 2 ;;
  esac
done
((${#groups[@]})) || groups=(build)

[[ -r ${OS_RELEASE:=/etc/os-release} ]] || fail "there is no $OS_RELEASE, so this system's packages are not known"
release=$(release_of "$OS_RELEASE")
command -v apt-get >/dev/null || fail 'there is no apt-get here: this is for Debian and Ubuntu'
wanted=()
for name in "${groups[@]}"; do
  mapfile -t -O "${#wanted[@]}" wanted < <(group "$name" "$release")
done
mapfile -t missing < <(missing_of "${wanted[@]}")
if [[ $list_only ]]; then
  ((${#missing[@]} == 0)) || printf '%s\n' "${missing[@]}"
elif ((${#missing[@]})); then
  echo "installing: ${missing[*]}"
  install_packages "${missing[@]}"
fi
