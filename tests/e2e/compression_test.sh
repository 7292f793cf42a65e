#!/bin/bash
# What an origin compresses for its own clients, it compresses for clients of the daemon.
# Usage: tests/e2e/compression_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

# nginx's defaults: gzip_proxied off, so nothing is compressed for a request with Via.
more_locations() {
  cat <<CONF
    location /gzip/ {
      alias $origin_dir/files/;
      gzip on;
      default_type application/json;
      gzip_types application/json;
    }
CONF
}

start_origin_and_daemon
# A list as APIs have them.
{
  printf '['
  for number in {1..1000}; do
    printf '{"id":%d,"name":"item %d","created_at":"2026-11-29T12:00:00Z","active":true},' "$number" "$number"
  done
  printf '{}]'
} >"$origin_dir/files/list.json"
size=$(stat -c %s "$origin_dir/files/list.json")

# bytes_of ORIGIN: of the body, on the wire.
bytes_of() { through "$1" /gzip/list.json -H 'Accept-Encoding: gzip' -o "$tap_work/body" -w '%{size_download}'; }

test_F138_an_origin_that_compresses_does_so_through_the_daemon() {
  local origin got
  for origin in h2.test h1.test; do
    got=$(bytes_of "$origin")
    ((got * 4 < size)) || fail "$origin sent $got of $size bytes"
    equal "body from $origin" "$(hash_of "$origin_dir/files/list.json")" "$(gunzip -c "$tap_work/body" | hash_of)"
    echo "# $origin: $got of $size bytes"
  done
}

# That it is Via which costs it.
test_F138_with_via_it_does_not() {
  stop_process "$daemon_pid"
  { echo 'via: append'; daemon_config; } >"$tap_work/with_via.yaml"
  start_daemon "$tap_work/with_via.yaml"
  equal 'bytes with Via' "$size" "$(bytes_of h2.test)"
}

run_tests
