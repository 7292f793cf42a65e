# shellcheck shell=sh
# Sourced by the scripts of this folder: finds or builds the programs, and starts the measurement.
# BUILD_DIR: the build folder, build/release by default; it must be configured, nothing here makes one.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$bench/../.." && pwd)
build=${BUILD_DIR:-$root/build/release}

need() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "$program is needed (a Debian package)" >&2; exit 1; }
  done
}

# build_targets TARGET...
build_targets() {
  if [ ! -f "$build/CMakeCache.txt" ]; then
    echo "no build folder: run cmake --preset release, or set BUILD_DIR to one" >&2
    exit 1
  fi
  cmake --build "$build" --target "$@" >&2
}

# alike COMMAND...: where root may, in a network of its own whose TCP is as a fresh Debian has it, and not as this machine was tuned:
# another way to control congestion makes uploads a third dearer for everybody, and not for all alike. CONGESTION=NAME: that one.
alike() {
  if ! unshare -n true 2>/dev/null; then exec "$@"; fi
  # shellcheck disable=SC2016  # the inner shell's
  exec unshare -n sh -ceu 'ip link set lo up
    name=$1; shift
    sysctl -qw "net.ipv4.tcp_congestion_control=$name" net.core.somaxconn=4096
    exec "$@"' alike "${CONGESTION:-cubic}" "$@"
}

# measure PROGRAM WORD...: a whole run goes into docs/development/, one of a part, without ccnproxy or of another program is printed only.
measure() {
  program=$1
  shift
  only_print=; ours=1
  for word in "$@"; do
    shift
    case $word in
      --peers-only) ours=; only_print=1; continue ;;
      --ccnproxy*) ours=; only_print=1 ;;
      --quick|--output*|--proxies*|--cases*|--axes*) only_print=1 ;;
    esac
    set -- "$@" "$word"
  done
  build_targets bench_load ${ours:+ccnproxy}
  [ -z "$ours" ] || set -- --ccnproxy "$build/ccnproxy" "$@"
  [ "$only_print" ] || set -- --output "$root/docs/development" "$@"
  alike python3 -B "$bench/$program" --load "$build/bench_load" "$@"
}

# count PROGRAM WORD...: a check with a verdict, of ccnproxy unless --proxy names another.
count() {
  program=$1
  shift
  case " $* " in
    *" --proxy "*|*" --proxy="*) build_targets bench_load ;;
    *) build_targets bench_load ccnproxy ;;
  esac
  exec python3 -B "$bench/$program" --load "$build/bench_load" --ccnproxy "$build/ccnproxy" "$@"
}
