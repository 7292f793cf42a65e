#!/bin/bash
# The WAN emulator itself, end to end: packets go through, are counted, lost and blackholed, and nothing is left
# behind. Usage: tests/wan/wan_test.sh      Needs root; skips without.
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../e2e/lib/e2e.sh"
isolate "$@"
wan=$(dirname "${BASH_SOURCE[0]}")/wan.sh
link=test$$
build=${WAN_BUILD:-$(dirname "${BASH_SOURCE[0]}")/../../build/wan}
relay=${DELAY_RELAY:-$build/delay_relay}
cmake -S "$(dirname "${BASH_SOURCE[0]}")" -B "$build" -G Ninja >"$tap_work/build.log"
cmake --build "$build" --target wanlink delay_relay >>"$tap_work/build.log" || { cat "$tap_work/build.log"; exit 1; }

prepare_origin "$tap_work/origin" h1.test
echo 'a small file' >"$origin_dir/files/small"

script_cleanup() { "$wan" -n "$link" down >/dev/null; }

# up [options]: the link, and an origin at its far end.
up() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  "$wan" -n "$link" down >/dev/null
  "$wan" -n "$link" up --owner "$BASHPID" "$@"
}
up_with_origin() {
  up "$@"
  start_origin 10.77.0.2:8443 10.77.0.2:443 ip netns exec "wan-b-$link"
}

fetch() {
  "$wan" -n "$link" exec a curl -sS --max-time 60 --cacert "$origin_dir/ca.pem" \
    --resolve h1.test:443:10.77.0.2 "$@" https://h1.test/files/small
}

# counted NAME: the counter of the way from a to b.
counted() { "$wan" -n "$link" stats | head -n 1 | grep -o "\"$1\":[0-9]*" | cut -d: -f2; }
counted_some() { (($(counted "$1") > 0)); }
namespace_gone() { ! ip netns list | grep -q "^$1\b"; }

test_carries_packets_and_counts_them() {
  up_with_origin --delay-ms 1
  equal body 'a small file' "$(fetch)"
  counted_some in
  equal 'lost without being told to' 0 "$(counted lost)"
}

test_delay_is_paid_in_each_direction() {
  # Not a measurement: a connection can't be made in less than the round trip that the link enforces.
  up_with_origin --delay-ms 40
  local connect; connect=$(fetch -o /dev/null -w '%{time_connect}')
  awk -v t="$connect" 'BEGIN { exit !(t >= 0.080) }' || fail "connected in $connect s over a link of 80 ms"
}

test_loss_of_everything_lets_nothing_through() {
  up_with_origin --delay-ms 1 --loss-pct 100
  if fetch --connect-timeout 1; then fail 'connected over a dead link'; fi
  counted_some lost
}

test_F007_blackhole_kills_known_flows_and_passes_new_ones() {
  up_with_origin --delay-ms 1
  # A connection from before, that asks (when told, on descriptor 6) after the blackhole.
  mkfifo "$tap_work/go"
  exec 6<>"$tap_work/go"
  # shellcheck disable=SC2016  # the other shell's variable
  "$wan" -n "$link" exec a bash -c '
    exec 3<>/dev/tcp/10.77.0.2/443 && echo connected && read -r <&6 && printf "GET / HTTP/1.0\r\n\r\n" >&3 &&
      IFS= read -rt 3 line <&3 && [[ $line ]]
  ' >"$tap_work/said" &
  local asking=$!
  await 10 grep -q connected "$tap_work/said"
  "$wan" -n "$link" blackhole
  echo >&6
  equal 'a new connection' 'a small file' "$(fetch)"
  await 10 counted_some blackholed
  if wait "$asking"; then fail 'the old connection got an answer'; fi
}

test_two_links_at_once() {
  up --delay-ms 1
  WAN_NET=10.78.0 "$wan" -n "$link-2" run --delay-ms 1 -- "$wan" -n "$link-2" exec a ip -br addr show dev wan0 >"$tap_work/second"
  contains 'address in the second' '10\.78\.0\.1' "$(<"$tap_work/second")"
  contains 'address in the first' '10\.77\.0\.1' "$("$wan" -n "$link" exec a ip -br addr show dev wan0)"
  namespace_gone "wan-a-$link-2" || fail 'the second left its namespace'
}

test_one_end_in_the_callers_own_namespace() {
  up --ns-a '' --dev-a wanlink0 --delay-ms 1
  contains 'our own device' '10\.77\.0\.1' "$(ip -br addr show dev wanlink0)"
  "$wan" -n "$link" down >/dev/null
  if ip link show dev wanlink0 2>/dev/null; then fail 'the device is left'; fi
}

test_unknown_option_leaves_nothing() {
  if up --no-such-option; then fail 'taken'; fi
  namespace_gone "wan-a-$link" && namespace_gone "wan-b-$link"
  [[ ! -e /run/ccnproxy-wan-$link ]] || fail 'state is left'
}

test_killed_owner_leaves_nothing() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  "$wan" -n "$link" down >/dev/null
  start_process "$tap_work/owner.log" tail -f /dev/null
  local owner=$started
  "$wan" -n "$link" up --owner "$started"
  start_process "$tap_work/inside.log" ip netns exec "wan-b-$link" tail -f /dev/null
  local inside=$started
  kill -KILL "$owner"
  await 10 process_gone "$inside"
  await 10 namespace_gone "wan-b-$link"
  await 10 test ! -e "/run/ccnproxy-wan-$link"
}

# The stand-in for machines without namespaces: what goes through it is what was sent, both ways.
test_delay_relay_passes_everything_on() {
  local target; target=$(free_ports 1)
  random_file "$origin_dir/files/large" $((4 << 20))
  start_origin "127.0.0.1:$target" "127.0.0.1:$(free_ports 1)"
  start_process "$tap_work/relay.port" "$relay" 5 "$target"
  await 10 test -s "$tap_work/relay.port"
  local url; url=https://h1.test:$(<"$tap_work/relay.port")
  local to=(curl -sS --max-time 60 --cacert "$origin_dir/ca.pem" --connect-to "::127.0.0.1:")
  equal 'sha256 down' "$(hash_of "$origin_dir/files/large")" "$("${to[@]}" "$url/files/large" | hash_of)"
  equal 'sha256 up' "$(hash_of "$origin_dir/files/large")" \
    "$(hash_of "$("${to[@]}" -T "$origin_dir/files/large" "$url/upload")")"
  stop_process "$origin_pid"
  if "${to[@]}" "$url/files/small"; then fail 'an answer without an origin'; fi
}

run_tests
