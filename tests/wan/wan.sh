#!/bin/bash
# A WAN between two network namespaces, made by wanlink. See docs/development/wan-emulator.md.
set -euo pipefail

usage() {
  cat >&2 <<'TEXT'
usage: wan.sh [-n NAME] up [--owner PID] [wanlink options]
       wan.sh [-n NAME] down | stats | blackhole
       wan.sh [-n NAME] exec a|b COMMAND...
       wan.sh [-n NAME] run [wanlink options] -- COMMAND...
Makes the namespaces wan-a and wan-b (with -n: wan-a-NAME, wan-b-NAME), ${WAN_NET}.1 and ${WAN_NET}.2.
TEXT
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${WAN_BUILD:-$here/../../build/wan}
net=${WAN_NET:-10.77.0}
mtu=${WAN_MTU:-1500}
congestion=${WAN_CC-cubic}  # set and empty: the kernel's own

name=
if [[ ${1:-} == -n ]]; then name=${2:-}; shift 2 || usage; fi
state=/run/ccnproxy-wan${name:+-$name}

die() { echo "wan.sh: $*" >&2; exit 1; }

# Waits at most $1 seconds until the rest of the line succeeds.
await() {
  local deadline=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= deadline)) || return 1
    read -rt 0.02 <> <(:) || true
  done
}

# Links are made and taken away one at a time: the end of an owner may meet the next one's start.
locked() {
  (
    flock 8
    "$@"
  ) 8>/run/ccnproxy-wan.lock
}

# ip in a namespace; an empty name is the caller's own.
ip_in() { if [[ $1 ]]; then ip -n "$1" "${@:2}"; else ip "${@:2}"; fi; }

build_wanlink() {
  [[ ! ${WANLINK:-} ]] || return 0
  mkdir -p "$build"
  (
    flock 9
    cmake -S "$here" -B "$build" -G Ninja >&2 && cmake --build "$build" --target wanlink >&2
  ) 9>"$build/.lock" 2>"$build/log" || { cat "$build/log" >&2; die "wanlink does not build"; }
}

wanlink_alive() { [[ -e $state/pid ]] && kill -0 "$(<"$state/pid")" 2>/dev/null; }
wanlink_gone() { ! wanlink_alive; }

add_namespace() {
  ip netns add "$1"
  echo "$1" >>"$state/namespaces"
  ip -n "$1" link set lo up
  [[ ! $congestion ]] || ip netns exec "$1" sysctl -qw "net.ipv4.tcp_congestion_control=$congestion" ||
    echo "wan.sh: $congestion is not to be had in $1, which keeps the kernel's default" >&2
}

# A namespace may use only what the host allows unprivileged users; allowing one more harms nothing.
allow_congestion_control() {
  local key=net.ipv4.tcp_allowed_congestion_control allowed
  allowed=$(sysctl -n "$key")
  [[ -z $congestion || " $allowed " == *" $congestion "* ]] ||
    sysctl -qw "$key=$allowed $congestion" || true
}

configure_end() {
  local namespace=$1 device=$2 address=$3
  await 10 ip_in "$namespace" link show dev "$device" || { cat "$state/err" >&2; die "no device $device"; }
  ip_in "$namespace" link set "$device" addrgenmode none
  ip_in "$namespace" addr add "$address/24" dev "$device"
  ip_in "$namespace" link set "$device" mtu "$mtu" txqueuelen 10000 up
}

# Takes the link of wanlink $2 down once process $1 has ended, however it ended.
watch_owner() {
  tail -s 0.1 --pid="$1" -f /dev/null
  locked abandon "$2" >/dev/null
}

# Down, and an end to what still runs in the namespaces. Another link of the same name is left alone.
abandon() {
  [[ -e $state/pid && $(<"$state/pid") == "$1" ]] || return 0
  rm -f "$state/watcher"
  local namespace
  while read -r namespace; do
    ip netns pids "$namespace" | xargs -r kill -KILL 2>/dev/null || true
  done <"$state/namespaces"
  down
}

up() {
  local namespace_a=wan-a${name:+-$name} namespace_b=wan-b${name:+-$name}
  local device_a=wan0 device_b=wan0 owner='' pass=()
  while (($#)); do
    case $1 in
      --owner) owner=$2; shift ;;
      --ns-a) namespace_a=$2; shift ;;
      --ns-b) namespace_b=$2; shift ;;
      --dev) device_a=$2 device_b=$2; shift ;;
      --dev-a) device_a=$2; shift ;;
      --dev-b) device_b=$2; shift ;;
      *) pass+=("$1") ;;
    esac
    shift
  done
  local wanlink=${WANLINK:-$build/wanlink}
  if [[ -d $state ]] && wanlink_gone; then down >/dev/null; fi  # left by a crash
  mkdir "$state" 2>/dev/null || die "already up${name:+: $name}"
  trap 'down >/dev/null' EXIT
  : >"$state/namespaces"
  [[ -z $namespace_a || -z $namespace_b ]] || allow_congestion_control
  local namespace
  for namespace in $namespace_a $namespace_b; do add_namespace "$namespace"; done
  setsid "$wanlink" --ns-a "$namespace_a" --ns-b "$namespace_b" --dev-a "$device_a" --dev-b "$device_b" \
    "${pass[@]}" >"$state/out" 2>"$state/err" </dev/null 8>&- &
  echo $! >"$state/pid"
  await 10 wanlink_up_or_gone
  wanlink_alive || { cat "$state/err" >&2; die "wanlink ended"; }
  configure_end "$namespace_a" "$device_a" "$net.1"
  configure_end "$namespace_b" "$device_b" "$net.2"
  if [[ $owner ]]; then
    setsid "$0" ${name:+-n "$name"} watch-owner "$owner" "$(<"$state/pid")" >/dev/null 2>&1 </dev/null 8>&- &
    echo $! >"$state/watcher"
  fi
  trap - EXIT
  cat "$state/err" >&2
}

wanlink_up_or_gone() { grep -q '^wanlink: up' "$state/err" || wanlink_gone; }

# Prints the last counters. Safe to call when half of it is there, or nothing.
down() {
  [[ -d $state ]] || return 0
  if [[ -e $state/watcher ]]; then kill -- "-$(<"$state/watcher")" 2>/dev/null || true; fi
  if wanlink_alive; then
    kill "$(<"$state/pid")" || true
    await 5 wanlink_gone || kill -KILL "$(<"$state/pid")"
  fi
  tail -n 2 "$state/out" 2>/dev/null || true
  local namespace
  if [[ -e $state/namespaces ]]; then
    while read -r namespace; do ip netns del "$namespace" || true; done <"$state/namespaces"
  fi
  rm -rf "$state"
}

reports() { wc -l <"$state/out"; }
more_reports_than() { (($(reports) >= $1 + 2)); }

stats() {
  wanlink_alive || die "not up"
  local before; before=$(reports)
  kill -USR1 "$(<"$state/pid")"
  await 5 more_reports_than "$before" || die "no answer from wanlink"
  tail -n 2 "$state/out"
}

run() {
  local options=()
  while (($#)) && [[ $1 != -- ]]; do options+=("$1"); shift; done
  (($# > 1)) || usage
  locked up --owner $$ "${options[@]}"
  trap 'locked down >&2' EXIT
  trap 'exit 130' INT TERM HUP
  "${@:2}"
}

case ${1:-} in
  up) shift; build_wanlink; locked up "$@" ;;
  down) locked down ;;
  stats) stats ;;
  # Every TCP flow seen so far is dropped from now on, without a sign; new ones pass.
  blackhole) wanlink_alive || die "not up"; kill -USR2 "$(<"$state/pid")" ;;
  exec)
    if [[ ${2:-} != [ab] ]] || (($# < 3)); then usage; fi
    exec ip netns exec "wan-$2${name:+-$name}" "${@:3}" ;;
  run) shift; build_wanlink; run "$@" ;;
  watch-owner) watch_owner "$2" "$3" ;;
  *) usage ;;
esac
