#!/bin/bash
# A far origin: what the daemon measures of the path, large bodies on connections of their own, second attempts of requests
# whose answer is late. Over a link of 40 ms. Usage: tests/e2e/long_path_test.sh [DAEMON]      Needs root; skips without.
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"
wan=$(dirname "${BASH_SOURCE[0]}")/../wan/wan.sh
link=far$$
late=$(dirname "${BASH_SOURCE[0]}")/late/late_origin.py
near=(ip netns exec "wan-a-$link")
origin_host=10.77.0.2
proxy_port=3000 h2_port=443 h1_port=8443 closed_port=1

script_cleanup() { [[ ! -d /run/ccnproxy-wan-$link ]] || "$wan" -n "$link" down >/dev/null; }

more_locations() {
  cat <<CONF
    location ~ ^/(late|times)/ { proxy_pass http://unix:$origin_dir/late.sock; }
CONF
}

# far [option of wanlink...] -- [line of the configuration...]
far() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  local options=()
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  script_cleanup
  "$wan" -n "$link" up --owner "$tap_shell" --delay-ms 20 "${options[@]}"
  prepare_origin "$tap_work/origin" h2.test h1.test
  random_file "$origin_dir/files/mebibyte" $((1 << 20))
  rm -f "$origin_dir/late.sock"
  start_process "$tap_work/late.log" python3 -B "$late" "$origin_dir/late.sock"
  await 10 test -S "$origin_dir/late.sock"
  start_origin "$origin_host:443" "$origin_host:8443" ip netns exec "wan-b-$link"
  daemon_config | sed 's/^admin: .*/admin: {address: "127.0.0.1:3001"}/' >"$tap_work/ccnproxy.yaml"
  printf '%s\n' "${@:2}" >>"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

pools() { "${near[@]}" curl -sS --max-time 5 "http://127.0.0.1:3001/pools?origin=https://$1.test" | jq -r "$2"; }
pools_say() { [[ $(pools "$1" "$2") == true ]]; }
metric() { "${near[@]}" curl -sS --max-time 5 http://127.0.0.1:3001/metrics | sed -n "s|^$1 ||p"; }
times() { through "$1.test" "/times/$2"; }

# Two connections that stand ready, and an origin that is known to be far.
warm() {
  through "$1.test" /empty
  await 10 pools_say "$1" '[.origins[].connections[] | select(.state == "ready")] | length >= 2'
}

hedged() {
  far -- 'pool: {min_ready: 2}' 'hedging: {enabled: true, after: 100ms}'
  warm "$1"
  equal 'the answer' 'the second of it' "$(through "$1.test" /late/it)"
  equal 'requests at the origin' 2 "$(times "$1" it)"
  equal 'won' 1 "$(metric "ccnproxy_hedges_total{origin=\"https://$1.test\",won=\"true\"}")"
  contains 'the access log' '"target":"/late/it".*"status":200.*"hedge":"won"' "$(grep /late/it "$daemon_log")"
}
test_a_late_answer_over_http2_is_asked_for_again() { hedged h2; }
test_a_late_answer_over_http1_is_asked_for_again() { hedged h1; }

test_a_post_is_never_sent_again() {
  far -- 'pool: {min_ready: 2}' 'hedging: {enabled: true, after: 100ms}'
  warm h2
  if through h2.test /late/it -d money=1 --max-time 1; then fail 'the first is never answered'; fi
  equal 'requests at the origin' 1 "$(times h2 it)"
  equal 'second attempts' 0 "$(metric 'ccnproxy_hedges_total{origin="https://h2.test",won="true"}')"
}

test_no_second_attempts_unless_configured() {
  far -- 'pool: {min_ready: 2}'
  warm h2
  if through h2.test /late/it --max-time 1; then fail 'the first is never answered'; fi
  equal 'requests at the origin' 1 "$(times h2 it)"
}

# three_uploads: at once; how many connections they went over.
three_uploads() {
  local uploads=() i
  for i in 1 2 3; do
    through h2.test /upload -T "$origin_dir/files/mebibyte" -D "$tap_work/head.$i" -o /dev/null &
    uploads+=($!)
  done
  wait "${uploads[@]}"
  grep -hi '^x-origin-connection' "$tap_work"/head.* | sort -u | wc -l
}

test_F034_large_bodies_go_over_connections_of_their_own() {
  far --
  through h2.test /empty
  three_uploads  # may share, where a dial takes long on a busy machine
  await 10 pools_say h2 '[.origins[].connections[] | select(.state == "ready")] | length >= 4'
  equal 'connections of three uploads' 3 "$(three_uploads)"
}

test_the_path_is_measured() {
  far --
  through h2.test /empty
  pools_say h2 '.origins[0].path | .rtt_ms >= 40 and .rtt_ms < 1000 and .loss == null' || fail "$(pools h2 '.origins[0].path')"
  awk -v rtt="$(metric 'ccnproxy_upstream_rtt_seconds{origin="https://h2.test"}')" 'BEGIN { exit !(rtt >= 0.04) }'
  contains 'status' 'https://h2.test +healthy +[0-9]+% +h2 +[0-9]+ms ' "$("${near[@]}" "$daemon_binary" status)"
}

test_the_loss_of_the_path_is_measured() {
  far --loss-pct 5 --
  local i
  for i in {1..40}; do
    "${near[@]}" curl -sS --no-progress-meter --max-time 60 -Z --parallel-max 20 -o /dev/null \
      "http://h2.test.ccnproxy-https.localhost:$proxy_port/empty?[1-40]" || true
    if pools_say h2 '.origins[0].path.loss // 0 | . > 0.005 and . < 0.3'; then break; fi
  done
  pools_say h2 '.origins[0].path.loss > 0.005' || fail "after $i rounds: $(pools h2 '.origins[0].path')"
  pools_say h2 '[.origins[0].connections[].path // empty | .packets_sent > 0 and .rtt_ms >= 40 and .window_bytes > 0] | any' || fail "$(pools h2 .)"
}

run_tests
