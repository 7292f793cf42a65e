#!/bin/bash
# Start, drain and end of the daemon, as a service manager sees them.
# Usage: tests/e2e/lifecycle_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

mapfile -t ports < <(free_ports 4)
proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]}
prepare_origin "$tap_work/origin" h2.test h1.test
random_file "$origin_dir/files/1m" $((1 << 20))
start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
daemon_config >"$tap_work/ccnproxy.yaml"

# What a service manager hears, one message a line.
start_receiver() {
  rm -f "$tap_work/notify.sock"
  start_process "$tap_work/heard" php "$(dirname "${BASH_SOURCE[0]}")/php/notify_receiver.php" "$tap_work/notify.sock"
  await 10 test -S "$tap_work/notify.sock"
}

heard() { grep -qx "$1" "$tap_work/heard"; }
something_arrived() { [[ -s $1 ]]; }
refused() { ! (exec 3<>"/dev/tcp/127.0.0.1/$proxy_port") 2>/dev/null; }

# A download that takes about four seconds; its number is in $download.
start_slow_download() {
  rm -f "$tap_work/slow"
  curl -sS --max-time 120 -N -o "$tap_work/slow" "http://$1.ccnproxy-https.localhost:$proxy_port$2" &
  download=$!
  await 20 something_arrived "$tap_work/slow"
}

test_notifies_ready_and_stopping() {
  : >"$tap_work/heard"
  start_receiver
  start_daemon "$tap_work/ccnproxy.yaml" env "NOTIFY_SOCKET=$tap_work/notify.sock"
  await 10 heard READY=1
  if heard STOPPING=1; then fail 'stopping before it was told to'; fi
  kill -TERM "$daemon_pid"
  await 10 heard STOPPING=1
  await 10 process_gone "$daemon_pid"
}

test_sigterm_without_traffic_ends_with_0() {
  start_daemon "$tap_work/ccnproxy.yaml"
  kill -TERM "$daemon_pid"
  await 10 process_gone "$daemon_pid"
  local status=0
  wait "$daemon_pid" || status=$?
  equal 'exit code' 0 "$status"
}

test_sigint_is_as_sigterm() {
  # A shell starts what runs in the background with SIGINT ignored; a terminal does not.
  start_daemon "$tap_work/ccnproxy.yaml" env --default-signal=INT
  kill -INT "$daemon_pid"
  await 10 process_gone "$daemon_pid"
}

drain_finishes_the_download() {
  start_daemon "$tap_work/ccnproxy.yaml"
  start_slow_download "$1" /slow/1m
  kill -TERM "$daemon_pid"
  await 10 refused
  process_alive "$download" || fail 'the download had ended: nothing was shown'
  wait "$download" || fail "the download broke: curl's exit code $?"
  equal sha256 "$(hash_of "$origin_dir/files/1m")" "$(hash_of "$tap_work/slow")"
  await 10 process_gone "$daemon_pid"
}

test_F099_drain_finishes_a_slow_download_over_h2() { drain_finishes_the_download h2.test; }
test_F099_drain_finishes_a_slow_download_over_http1() { drain_finishes_the_download h1.test; }

test_F099_idle_client_connections_do_not_hold_up_the_end() {
  start_daemon "$tap_work/ccnproxy.yaml"
  exec 7<>"/dev/tcp/127.0.0.1/$proxy_port"
  printf 'GET /echo HTTP/1.1\r\nHost: h2.test.ccnproxy-https\r\n\r\n' >&7
  local line
  IFS= read -rt 20 line <&7
  contains answer '^HTTP/1.1 200' "$line"
  kill -TERM "$daemon_pid"
  await 10 process_gone "$daemon_pid"
  exec 7>&-
}

test_a_second_sigterm_ends_at_once() {
  start_daemon "$tap_work/ccnproxy.yaml"
  start_slow_download h2.test /crawl/1m
  kill -TERM "$daemon_pid"
  await 10 refused
  process_alive "$daemon_pid" || fail 'the first SIGTERM did not wait for the download'
  kill -TERM "$daemon_pid"
  await 10 process_gone "$daemon_pid"
  if wait "$download"; then fail 'a download of four minutes is whole'; fi
}

test_a_taken_port_is_said_and_ends_with_1() {
  start_daemon "$tap_work/ccnproxy.yaml"
  local status=0 said
  said=$(timeout 20 "$daemon_binary" serve -f "$tap_work/ccnproxy.yaml" 2>&1) || status=$?
  equal 'exit code' 1 "$status"
  contains message "$proxy_port" "$said"
  daemon_ready || fail 'the first one no longer answers'
}

test_a_bad_configuration_is_said_with_its_place() {
  printf 'listeners:\n  - adress: 127.0.0.1:0\n' >"$tap_work/bad.yaml"
  local status=0 said
  said=$(timeout 20 "$daemon_binary" serve -f "$tap_work/bad.yaml" 2>&1) || status=$?
  equal 'exit code' 1 "$status"
  contains message 'bad.yaml:2:[0-9]+: .*address' "$said"
}

run_tests
