#!/bin/bash
# The daemon without any configuration on a machine that has every cloud's metadata service, and something on each of its
# own addresses that would answer: none of them gets a connection.
# Needs root: a network of its own, to have these addresses.
# Usage: tests/e2e/access_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

proxy_port=3000
public=203.0.113.10 public6=2001:db8::10
# In a network of their own, whose machine this one is beside: the public ones are there, these here.
own=(10.66.0.1 fd66::1)
far=  # the number of a process there
metadata=(169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192
  fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe fd00:42::42 fd00:a9fe:a9fe::1 fd00:100::100:200)
# The same by way of a translator, for machines that have such an address.
translated=(64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1 64:ff9b:1::a9fe:a9fe)

# Answers on port 80 of every address there is.
start_everything() {
  cat >"$tap_work/all.conf" <<CONF
worker_processes 1;
daemon off;
pid $tap_work/all/pid;
error_log $tap_work/all/error.log warn;
events { worker_connections 256; }
http {
  access_log off;
  server {
    listen 80;
    listen [::]:80 ipv6only=on;
    location / { return 200 "secret\n"; }
  }
  server {
    listen unix:$tap_work/all/status.sock;
    location / { stub_status; }
  }
}
CONF
  start_process "$tap_work/all/log" nginx -c "$tap_work/all.conf" -p "$tap_work/all" -e "$tap_work/all/error.log"
  await 10 accepted || { cat "$tap_work/all/log"; return 1; }
}

# How many connections port 80 took, with those that asked for this number.
accepted() {
  curl -fsS --unix-socket "$tap_work/all/status.sock" http://status/ | awk 'NR == 3 { print $1 }' | grep .
}

in_far() { nsenter -t "$far" -n "$@"; }
# A look that fails says nothing.
has_own_network() {
  local its
  its=$(readlink "/proc/$1/ns/net") && [[ $its && $its != "$(readlink /proc/self/ns/net)" ]]
}

# A machine beside this one that has the public addresses, and addresses of ours on the way there.
prepare_neighbour() {
  start_process "$tap_work/far.log" unshare -n tail -f /dev/null
  far=$started
  await 10 has_own_network "$far"
  ip link add near0 type veth peer name far0 netns "$far"
  ip addr add "${own[0]}/24" dev near0
  ip addr add "${own[1]}/64" dev near0 nodad
  ip link set near0 up
  in_far ip addr add 10.66.0.2/24 dev far0
  in_far ip addr add fd66::2/64 dev far0 nodad
  in_far ip addr add "$public" dev far0
  in_far ip addr add "$public6" dev far0 nodad
  in_far ip link set far0 up
  ip route add "$public" via 10.66.0.2
  ip route add "$public6" via fd66::2
  start_process "$tap_work/far.log" nsenter -t "$far" -n nginx -c "$tap_work/far.conf" -p "$tap_work/all" -e "$tap_work/far.log"
}

prepare() {
  mkdir -p "$tap_work/all"
  cat >"$tap_work/far.conf" <<CONF
worker_processes 1;
daemon off;
pid $tap_work/far.pid;
events { worker_connections 256; }
http {
  access_log off;
  server { listen 80; listen [::]:80 ipv6only=on; location / { return 200 "secret\n"; } }
}
CONF
  local address
  for address in "${metadata[@]}" "${translated[@]}"; do ip addr add "$address" dev lo; done
  prepare_neighbour
  # Each has to be there, or nothing is shown by not reaching it.
  start_everything
  for address in "$public" "$public6" "${own[@]}" "${metadata[@]}" "${translated[@]}"; do
    await 10 curl -fsS --max-time 2 "http://$(bracketed "$address")/"
    equal "$address itself" secret "$(curl -sS --max-time 10 "http://$(bracketed "$address")/")"
  done
  : >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

bracketed() { if [[ $1 == *:* ]]; then echo "[$1]"; else echo "$1"; fi; }

# What a request for this host gets: the status, and the type of the error.
ask() {
  curl -sS --max-time 20 -o /dev/null -D - -H "Host: $1.ccnproxy" "http://127.0.0.1:$proxy_port/" |
    awk 'NR == 1 { status = $2 } tolower($1) == "proxy-status:" { sub(/.*error=/, ""); sub(/;.*/, ""); type = $0 }
         END { print status, type }'
}

# Each host must be refused with this type, without a connection.
refused() {
  local before host after
  before=$(accepted)
  for host; do equal "$host" '403 destination_ip_prohibited' "$(ask "$host")"; done
  after=$(accepted)
  equal 'connections' 1 $((after - before))  # which is the one that asked
}

test_F087_a_public_address_is_reached() {
  equal "$public" '200 ' "$(ask "$public")"
  equal "$public6" '200 ' "$(ask "[$public6]")"
}

test_F087_no_metadata_service_is_reached() {
  local address hosts=()
  for address in "${metadata[@]}"; do hosts+=("$(bracketed "$address")"); done
  refused "${hosts[@]}"
}

test_F089_nor_by_another_way_to_write_it() {
  local address hosts=('[::ffff:169.254.169.254]' '[::ffff:100.100.100.200]')
  for address in "${translated[@]}"; do hosts+=("$(bracketed "$address")"); done
  refused "${hosts[@]}"
}

test_F087_nothing_on_this_machine_is_reached() {
  refused 127.0.0.1 127.255.0.1 0.0.0.0 '[::]' '[::1]' '[::ffff:127.0.0.1]' '[::ffff:0.0.0.0]' localhost x.localhost
}

test_F144_nothing_that_the_registries_reserve_is_tried() {
  refused 240.0.0.1 255.255.255.255 '[::ffff:240.0.0.1]' 192.0.0.8 192.88.99.1 '[100::1]' '[2001:2::1]' '[2002:808:808::1]' \
    '[5f00::1]' '[fec0::1]'
}

test_F157_no_address_of_this_machine_is_reached() {
  refused "${own[0]}" "[${own[1]}]" "[::ffff:${own[0]}]"
}

test_F157_nor_one_that_it_gets_while_the_daemon_runs() {
  ip addr add 10.66.9.9/32 dev near0
  ip addr add fd66:9::9/128 dev near0 nodad
  refused 10.66.9.9 '[fd66:9::9]'
}

test_F087_a_name_of_the_hosts_file_leads_no_further() {
  printf '127.0.0.1 localhost\n169.254.169.254 metadata.internal\n::ffff:169.254.169.254 mapped.internal\n' >"$tap_work/hosts"
  mount --bind "$tap_work/hosts" /etc/hosts
  stop_process "$daemon_pid"
  start_daemon "$tap_work/ccnproxy.yaml"  # which reads the file anew
  refused metadata.internal mapped.internal
}

test_F157_but_where_an_override_leads_there_or_the_key_allows_it() {
  stop_process "$daemon_pid"
  echo "overrides: [{match: led.test, connect_to: '${own[0]}'}]" >"$tap_work/led.yaml"
  start_daemon "$tap_work/led.yaml"
  equal led '200 ' "$(ask led.test)"
  equal 'not led' '403 destination_ip_prohibited' "$(ask "${own[0]}")"
  stop_process "$daemon_pid"
  echo 'origins: {allow_own_addresses: true}' >"$tap_work/own.yaml"
  start_daemon "$tap_work/own.yaml"
  equal allowed '200 ' "$(ask "${own[0]}")"
  equal 'the daemon itself' '403 destination_ip_prohibited' "$(ask 127.0.0.1)"
}

if [[ ${E2E_ISOLATED:-} ]]; then
  prepare
  run_tests
else
  echo 'ok - all of it # SKIP needs root for a network of its own'
  echo '0 passed, 0 failed'
fi
