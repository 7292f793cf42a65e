#!/bin/bash
# Bodies that are too large for any buffer, both ways, byte for byte; and ends that come too early.
# Usage: tests/e2e/transfers_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"
start_origin_and_daemon
random_file "$origin_dir/files/64m" $((64 << 20))
random_file "$origin_dir/files/4m" $((4 << 20))

download_is_whole() {
  equal sha256 "$(hash_of "$origin_dir/files/64m")" "$(through "$1" /files/64m | hash_of)"
}

# upload_is_whole ORIGIN OPTIONS...
upload_is_whole() {
  local stored; stored=$(through "$1" /upload -H Expect: -T "$origin_dir/files/64m" "${@:2}")
  equal sha256 "$(hash_of "$origin_dir/files/64m")" "$(hash_of "$stored")"
  rm -f "$stored"
}

test_download_64_mib_over_h2() { download_is_whole h2.test; }
test_download_64_mib_over_http1() { download_is_whole h1.test; }
test_upload_64_mib_over_h2() { upload_is_whole h2.test; }
test_upload_64_mib_over_http1() { upload_is_whole h1.test; }
test_upload_64_mib_chunked_over_h2() { upload_is_whole h2.test -H 'Transfer-Encoding: chunked'; }
test_upload_64_mib_chunked_over_http1() { upload_is_whole h1.test -H 'Transfer-Encoding: chunked'; }

test_eight_downloads_at_once() {
  local origin index expected
  expected=$(hash_of "$origin_dir/files/4m")
  for origin in h2.test h1.test; do
    curl -sS --max-time 120 --parallel --parallel-immediate -o "$tap_work/got.#1" \
      "http://$origin.ccnproxy-https.localhost:$proxy_port/files/4m?[1-8]"
    for index in {1..8}; do equal "download $index from $origin" "$expected" "$(hash_of "$tap_work/got.$index")"; done
  done
}

test_range_of_a_file() {
  local origin
  for origin in h2.test h1.test; do
    equal "bytes from $origin" "$(dd if="$origin_dir/files/4m" bs=1000 skip=1 count=3 status=none | hash_of)" \
      "$(through "$origin" /files/4m -r 1000-3999 | hash_of)"
  done
}

# A client that leaves must not harm the others on the same origin connection.
test_F062_a_client_that_does_not_read_stalls_nobody() {
  local origin
  for origin in h2.test h1.test; do
    mkfifo "$tap_work/unread"
    # The reader opens the pipe and never reads: curl stops reading from the daemon once the pipe is full.
    exec 8<>"$tap_work/unread"
    through "$origin" /files/64m >"$tap_work/unread" 8>&- &
    local stalled=$!
    equal "another download from $origin" "$(hash_of "$origin_dir/files/4m")" "$(through "$origin" /files/4m | hash_of)"
    process_alive "$stalled" || fail 'the stalled client has ended'
    kill "$stalled"
    wait "$stalled" 2>/dev/null || true
    exec 8>&-
    rm "$tap_work/unread"
  done
}

test_F063_clients_that_leave_use_up_no_window() {
  local origin
  for origin in h2.test h1.test; do
    for _ in {1..60}; do through "$origin" /files/4m 2>/dev/null | head -c 1 >/dev/null || true; done
    equal "the next from $origin" "$(hash_of "$origin_dir/files/4m")" "$(through "$origin" /files/4m | hash_of)"
  done
}

something_arrived() { [[ -s $1 ]]; }

test_F082_origin_that_dies_in_a_body_leaves_it_visibly_broken() {
  local origin download status
  for origin in h2.test h1.test; do
    : >"$tap_work/partial"
    through "$origin" /crawl/4m -N -o "$tap_work/partial" &
    download=$!
    await 20 something_arrived "$tap_work/partial"
    stop_process "$origin_pid"
    status=0
    wait "$download" || status=$?
    # curl's words for it: 18 partial file, 56 failure in receiving, 52 nothing got.
    [[ $status == 18 || $status == 56 ]] || fail "curl took it for whole, or waited: exit code $status"
    start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
  done
}

test_origin_that_came_back_is_found() {
  local origin
  # What the test before started ended with it, as every test's processes do; alone, this one stops it itself.
  ! process_alive "$origin_pid" || stop_process "$origin_pid"
  start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
  for origin in h2.test h1.test; do
    equal "body from $origin" "$(hash_of "$origin_dir/files/4m")" "$(through "$origin" /files/4m | hash_of)"
  done
}

run_tests
