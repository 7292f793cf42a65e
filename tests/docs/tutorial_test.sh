#!/bin/bash
# docs/tutorial.md from its second step on, every command as printed and in its order, in one shell. https://example.com is an
# origin of this test. The first step, the build, is run on a bare Debian by tests/trees/tutorial.sh.
# Needs root: its own network and its own /etc.
# Usage: tests/docs/tutorial_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$here/../e2e/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"
# shellcheck source=tests/docs/lib/scene.sh
source "$here/lib/scene.sh"

steps=$tap_work/documented/run/tutorial
tree=$tap_work/tree

# The page's machine is another than the origin's, as the daemon connects to none of its own addresses.
near=(ip netns exec near)
make_network() {
  ip netns add near
  ip link add origin type veth peer name eth0 netns near
  ip addr add "$origin_address/24" dev origin
  ip link set origin up
  "${near[@]}" ip addr add 203.0.113.20/24 dev eth0
  "${near[@]}" ip link set eth0 up
  "${near[@]}" ip link set lo up
}

more_locations() { printf '%s\n' '    location = / { return 200 "Hello from example.com\n"; }'; }

# An origin, and nothing that listens where the page's daemon is to. The name of the origin stands in /etc/hosts.
prepare() {
  own_folders
  make_network
  prepare_origin "$tap_work/origin" example.com
  trust_origin
  start_origin "$origin_address:443" "$origin_address:8443"
  echo "$origin_address example.com" >>/etc/hosts
  write_resolv_conf 'nameserver 127.0.0.1'
  documented
  mkdir -p "$tree/build/release"
  ln -s "$daemon_binary" "$tree/build/release/ccnproxy"
}

# The whole page but for its first step; what a step wrote is in $tap_work/NAME. What it started ends with it.
run_page() {
  local step
  for step in "$steps"/[2-9]-*.sh; do
    printf '{\n%s\n} >%q\n' "$(<"$step")" "$tap_work/${step##*/}"
  done >"$tap_work/page.sh"
  (cd "$tree" && timeout 120 "${near[@]}" unshare --pid --fork --kill-child bash -euo pipefail "$tap_work/page.sh") </dev/null
}
said() { cat "$tap_work/$1.sh"; }

# The other tests look at what this one's commands wrote.
test_every_command_ends_well() {
  scene_needed
  run_page
}

test_the_url_is_mapped() {
  scene_needed
  contains map '^http://example.com.ccnproxy-https:3000/ -> https://example.com/ ' "$(said 2-configure)"
}

test_the_daemon_becomes_ready() {
  scene_needed
  contains readyz '^ready' "$(said 3-start)"
}

test_curl_finds_a_connection_ready() {
  scene_needed
  contains fields '^HTTP/1.1 200' "$(said 5-curl)"
  contains fields '^Server-Timing: conn;desc="ready", wait;dur=[0-9.]+, ttfb;dur=' "$(said 5-curl)"
  contains fields "^Proxy-Status: ccnproxy; next-hop=\"$origin_address:443\"; next-protocol=h2" "$(said 5-curl)"
}

test_php_gets_the_same_both_ways() {
  scene_needed
  equal lines 4 "$(grep -cE '^https?://example.com[^ ]* +200, [1-9][0-9]* bytes, [0-9]+ ms$' <<<"$(said 6-php)")"
  contains streams '^[1-9][0-9]* bytes$' "$(said 7-streams)"
}

test_status_log_and_metrics_say_so() {
  scene_needed
  contains status '^https://example.com +healthy +0% +h2 .* 100%' "$(said 8-status)"
  contains log '"origin":"https://example.com".*"found":"ready"' "$(said 8-status)"
  contains metrics '^ccnproxy_connection_wait_total\{origin="https://example.com",result="ready"\} 4$' "$(said 8-status)"
}

test_the_page_has_no_step_that_is_left_out() {
  scene_needed
  equal steps "$(grep -c '^```sh' "$here/../../docs/tutorial.md")" "$(find "$steps" -name '*.sh' | wc -l)"
  contains build '^cmake --build build/release$' "$(<"$steps/1-build.sh")"
}

script_cleanup() {
  ip netns del near 2>/dev/null || true
  release_folders
}
[[ $why_no_scene ]] || prepare
run_tests
