#!/bin/bash
# An application in PHP that reaches the daemon by DNS alone: unbound answers every name under ccnproxy-https
# with loopback's address, as the README sets it up, and the daemon finds the origin by DNS too.
# Needs root: its own network, its own /etc/resolv.conf, ports 53 and 80.
# Usage: tests/e2e/php_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

proxy_port=80
# From the range for examples: not loopback's, which the daemon refuses to connect to.
origin_address=203.0.113.10

unbound_config() {
  cat <<CONF
server:
  directory: "$tap_work"
  chroot: ""
  username: ""
  pidfile: "$tap_work/unbound.pid"
  use-syslog: no
  interface: 127.0.0.1
  access-control: 127.0.0.0/8 allow
  do-ip6: no
  module-config: "iterator"
  # The origin, as the world's DNS would give it.
  local-zone: "test." static
  local-data: "h2.example.test. 60 IN A $origin_address"
  local-data: "h1.example.test. 60 IN A $origin_address"
remote-control:
  control-enable: no
auth-zone:
  name: "ccnproxy-https."
  zonefile: "label.zone"
  for-downstream: no
  for-upstream: yes
auth-zone:
  name: "internal."
  zonefile: "internal.zone"
  for-downstream: no
  for-upstream: yes
CONF
}

# The wildcard: whatever stands before the label, the daemon's host is meant.
write_zones() {
  local begin='@ 60 IN SOA ns.internal. admin.internal. 1 3600 600 86400 60
@ 60 IN NS ns.internal.'
  printf '%s\n' "$begin" '* 60 IN CNAME proxy.internal.' >"$tap_work/label.zone"
  printf '%s\n' "$begin" 'ns 60 IN A 127.0.0.1' 'proxy 60 IN A 127.0.0.1' >"$tap_work/internal.zone"
}

prepare_network() {
  ip addr add "$origin_address/32" dev lo
  echo 'nameserver 127.0.0.1' >"$tap_work/resolv.conf"
  mount --bind "$tap_work/resolv.conf" "$(realpath /etc/resolv.conf)"
  write_zones
  unbound_config >"$tap_work/unbound.conf"
  start_process "$tap_work/unbound.log" unbound -d -c "$tap_work/unbound.conf"
  await 15 getent ahostsv4 proxy.internal || { cat "$tap_work/unbound.log"; return 1; }
}

prepare() {
  prepare_network
  prepare_origin "$tap_work/origin" h2.example.test h1.example.test
  start_origin "$origin_address:443" "$origin_address:8443"
  echo 'a small file' >"$origin_dir/files/small"
  random_file "$origin_dir/files/large" $((8 << 20))
  cat >"$tap_work/ccnproxy.yaml" <<CONF
listeners:
  - address: 127.0.0.1:80
tls: {ca_file: $origin_dir/ca.pem}
origins: {allow_own_addresses: true}  # the origin is on this machine
overrides:
  - {match: h1.example.test, connect_to: "h1.example.test:8443"}
CONF
  start_daemon "$tap_work/ccnproxy.yaml"
}

if [[ ${E2E_ISOLATED:-} ]]; then prepare; fi

# php CASE ORIGIN [FILE]
php_client() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  php -d error_reporting=-1 "$(dirname "${BASH_SOURCE[0]}")/php/client.php" "$1" "http://$2.example.test.ccnproxy-https" "${@:3}"
}

# on_both CASE EXPECTED [FILE]: what the case prints for the h2 and the http/1.1 origin.
on_both() {
  local origin
  for origin in h2 h1; do equal "$1 to $origin" "$2" "$(php_client "$1" "$origin" "${@:3}")"; done
}

# stored_on_both CASE FILE: the case sends the file, and the origin stored just that.
stored_on_both() {
  local origin stored
  for origin in h2 h1; do
    stored=$(php_client "$1" "$origin" "$2")
    equal "$1 to $origin" "$(hash_of "$2")" "$(hash_of "$stored")"
  done
}

test_names_resolve_by_the_wildcard() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  contains address '^127.0.0.1 ' "$(getent ahostsv4 any.name.ccnproxy-https)"
}

test_curl_by_dns() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  equal body 'a small file' "$(curl -sS --max-time 30 http://h2.example.test.ccnproxy-https/files/small)"
}

test_curl_extension_get() { on_both get 'a small file'; }
test_F110_streams_speak_http10() { on_both stream 'a small file'; }
test_streams_speak_http11() { on_both stream-http11 'a small file'; }
test_streams_send_their_headers() {
  local origin
  for origin in h2 h1; do contains "fields at $origin" '^x-end=kept' "$(php_client stream-headers "$origin")"; done
}
# Not what a URL wants, but what PHP sends, and what nginx takes.
test_F141_streams_send_bytes_above_0x7f() {
  local origin
  for origin in h2 h1; do
    equal "target at $origin" '/echo/検索?q=日本語' \
      "$(echoed uri "$(php_client stream-high-bytes "$origin")")"
  done
}
test_streams_read_8_mib() { on_both stream-large "$(hash_of "${origin_dir:-}/files/large")"; }
test_copy_writes_8_mib() { on_both copy "$(hash_of "${origin_dir:-}/files/large")" "$tap_work/copied"; }

test_post_of_a_form() {
  local origin stored
  for origin in h2 h1; do
    stored=$(php_client post-form "$origin")
    equal "form at $origin" 'a=x+y&b=%C3%A4' "$(<"$stored")"
  done
}

# libcurl asks "Expect: 100-continue" from 1 MiB on.
test_F111_post_of_5_mb() {
  random_file "$tap_work/body" 5000000
  stored_on_both post-body "$tap_work/body"
}
test_put_of_a_file() { random_file "$tap_work/body" 3000000 && stored_on_both put-file "$tap_work/body"; }
test_put_chunked() { random_file "$tap_work/body" 3000000 && stored_on_both put-chunked "$tap_work/body"; }
test_post_by_streams() { random_file "$tap_work/body" 3000000 && stored_on_both stream-post "$tap_work/body"; }

test_upload_of_a_curlfile() {
  random_file "$tap_work/body" 3000000
  local origin stored
  for origin in h2 h1; do
    stored=$(php_client upload-curlfile "$origin" "$tap_work/body")
    # A form of one part: two lines of fields and the file, then the boundary.
    contains "part at $origin" 'name="file"; filename=' "$(head -n 2 "$stored" | tr -d '\0')"
    equal "file at $origin" "$(hash_of "$tap_work/body")" \
      "$(tail -c +$(($(head -n 4 "$stored" | wc -c) + 1)) "$stored" | head -c 3000000 | hash_of)"
  done
}

test_F014_a_connection_per_request_here_is_a_few_there() {
  local origin connections limit=$((2 * $(nproc)))
  for origin in h2 h1; do
    connections=$(php_client connections "$origin")
    ((connections > 0 && connections <= limit)) || fail "$connections connections to $origin for 30 requests in turn"
  done
}

test_forty_at_once() { on_both many 40; }

run_tests
