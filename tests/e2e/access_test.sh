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
metadata=(169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192
  fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe fd00:42::42 fd00:a9fe:a9fe::1 fd00:100::100:200)
# The same by way of a translator, for machines that have such an address.
translated=(64:ff9b::a9fe:a9fe 2002:a9fe:a9fe::1 64:ff9b:1::a9fe:a9fe)

# Answers on port 80 of every address there is.
start_everything() {
  mkdir -p "$tap_work/all"
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

prepare() {
  local address
  for address in "$public" "$public6" "${metadata[@]}" "${translated[@]}"; do ip addr add "$address" dev lo; done
  # Each has to be there, or nothing is shown by not reaching it.
  start_everything
  for address in "$public" "$public6" "${metadata[@]}" "${translated[@]}"; do
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

test_F087_a_name_of_the_hosts_file_leads_no_further() {
  printf '127.0.0.1 localhost\n169.254.169.254 metadata.internal\n::ffff:169.254.169.254 mapped.internal\n' >"$tap_work/hosts"
  mount --bind "$tap_work/hosts" /etc/hosts
  stop_process "$daemon_pid"
  start_daemon "$tap_work/ccnproxy.yaml"  # which reads the file anew
  refused metadata.internal mapped.internal
}

if [[ ${E2E_ISOLATED:-} ]]; then
  prepare
  run_tests
else
  echo 'ok - all of it # SKIP needs root for a network of its own'
  echo '0 passed, 0 failed'
fi
