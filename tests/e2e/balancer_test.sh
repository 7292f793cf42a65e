#!/bin/bash
# HAProxy in front of two nodes, with the configuration of docs/fleet.md: an origin's requests go to one node, to the other
# when that one drains or dies, and no POST is executed twice.
# Needs root: its own network, its own /etc.
# Usage: tests/e2e/balancer_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"

nodes=(10.0.0.5 10.0.0.6)
origins=(a b c d e f g h)

# node NUMBER: its process's number is in $started, its Via in ${via[NUMBER]}.
node() {
  local address=${nodes[$1]} name overrides=
  for name in "${origins[@]}"; do overrides+="{match: $name.test, connect_to: \"$origin_address:443\"}, "; done
  printf 'listeners: [{address: "%s:80"}]\nadmin: {address: none}\ntls: {ca_file: %s}\nlog: {access: {to: none}}\noverrides: [%s]\n' \
    "$address" "$origin_dir/ca.pem" "$overrides" >"$tap_work/node$1.yaml"
  start_process "$tap_work/daemon.log" "$daemon_binary" serve -f "$tap_work/node$1.yaml"
  await 15 curl -fsS --max-time 2 "http://$address/hc"
  via[$1]=$(curl -sS -o /dev/null -D - -H 'Host: a.test.ccnproxy-https' "http://$address/echo" | sed -n 's/\r//; s/^[Vv]ia: //p')
}

# What HAProxy thinks of a server: UP, DOWN and the like.
# shellcheck disable=SC2016  # PHP's variables, not the shell's
state_of() {
  php -r '$socket = stream_socket_client("unix://" . $argv[1]);
    fwrite($socket, "show stat\n");
    foreach (explode("\n", stream_get_contents($socket)) as $line) {
      $fields = explode(",", $line);
      if ($fields[0] === "nodes" && $fields[1] === $argv[2]) echo $fields[17];
    }' -- "$tap_work/haproxy.sock" "$1"
}
is_up() { [[ $(state_of "$1") == UP* ]]; }
is_down() { [[ $(state_of "$1") == DOWN* ]]; }

prepare() {
  own_folders
  local address
  for address in "$origin_address" "${nodes[@]}"; do ip addr add "$address/32" dev lo; done
  prepare_origin "$tap_work/origin" "${origins[@]/%/.test}"
  start_origin "$origin_address:443" "$origin_address:8443"
  declare -ga via=('' '') pid=('' '')
  node 0
  pid[0]=$started
  node 1
  pid[1]=$started
  documented /etc/haproxy/ccnproxy.cfg
  # Beside what the page has: a way to ask it.
  printf 'global\n    stats socket %s\n' "$tap_work/haproxy.sock" >"$tap_work/global.cfg"
  start_process "$tap_work/haproxy.log" haproxy -db -f "$tap_work/global.cfg" -f /etc/haproxy/ccnproxy.cfg
  await 15 is_up a
  await 15 is_up b
}

# ask ORIGIN [curl's options...]: the Via of the answer, or what was wrong.
ask() {
  local head
  head=$(curl -sS --max-time 30 -o /dev/null -D - -H "Host: $1.test.ccnproxy-https" "${@:2}" http://127.0.0.1:8080/echo 2>&1)
  if [[ $head == 'HTTP/1.1 200'* ]]; then sed -n 's/\r//; s/^[Vv]ia: //p' <<<"$head"; else echo "$head"; fi
}

can_run=
if can_have_own_folders && command -v haproxy >/dev/null; then can_run=1; fi
needed() { [[ $can_run ]] || skip 'needs root, namespaces, overlays and haproxy'; }

test_an_origin_has_one_node_and_both_have_some() {
  needed
  local origin first seen=''
  for origin in "${origins[@]}"; do
    first=$(ask "$origin")
    for _ in 1 2 3; do equal "$origin" "$first" "$(ask "$origin")"; done
    seen+="$first"$'\n'
  done
  equal 'nodes in use' "$(printf '%s\n' "${via[@]}" | sort)" "$(sort -u <<<"${seen%$'\n'}")"
}

# posts NODE COMMAND...: one POST to each origin around the command; each must have been executed once, by the other node after it.
posts() {
  local gone=$1 origin number=0
  shift
  : >"$origin_dir/access.log"
  for origin in "${origins[@]}"; do
    number=$((number + 1))
    ((number != 3)) || "$@"
    ask "$origin" -X POST -d x -H "User-Agent: post-$number" >"$tap_work/asked"
    if ((number >= 3)); then equal "POST $number" "${via[1 - gone]}" "$(<"$tap_work/asked")"; fi
  done
  await 10 grep -q "\"post-$number\"" "$origin_dir/access.log"  # nginx writes of a request after it was answered
  for ((number = 1; number <= ${#origins[@]}; number++)); do
    equal "POST $number at the origin" 1 "$(grep -c "\"post-$number\"" "$origin_dir/access.log")"
  done
}

test_F099_a_node_that_drains_loses_nothing() {
  needed
  posts 0 stop_process "${pid[0]}"
  await 30 is_down a
  node 0
  await 30 is_up a
}

kill_at_once() { kill -KILL "$1" && await 10 process_gone "$1"; }

test_F002_a_node_that_dies_costs_no_post_that_comes_later() {
  needed
  # The test before has ended node 0 with itself.
  node 0
  await 30 is_up a
  posts 1 kill_at_once "${pid[1]}"
}

script_cleanup() { release_folders; }
[[ ! $can_run ]] || prepare
run_tests
