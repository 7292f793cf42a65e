#!/bin/bash
# Metrics, alerts and the Grafana dashboard: what a real daemon exports after varied traffic is what promtool wants, the
# rules do what they say, and no rule or panel names a metric that is not exported.
# Usage: tests/prometheus/run.sh [DAEMON]         The last line is "N passed, N failed".
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
find_daemon "$@"
rules=$top/packaging/prometheus
grafana=$top/packaging/grafana/dashboard.json

admin_url=
scrape=$tap_work/metrics

# Requests of every kind that counts somewhere: of both protocols, refused, failed, left by the client.
varied_traffic() {
  mapfile -t ports < <(free_ports 5)
  proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]}
  admin_url=http://127.0.0.1:${ports[4]}
  prepare_origin "$tap_work/origin" h2.test h1.test
  head -c 100000 /dev/zero >"$origin_dir/files/zeros"
  start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
  daemon_config | sed "s|^admin: .*|admin: {address: \"127.0.0.1:${ports[4]}\"}|" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
  for _ in 1 2 3; do
    through h2.test /echo >/dev/null
    through h1.test /echo >/dev/null
    through h2.test /missing >/dev/null
  done
  through h2.test /upload --data-binary @"$origin_dir/files/zeros" >/dev/null
  through closed.test / >/dev/null
  through wrong-name.test / >/dev/null
  curl -sS "http://127.0.0.1:$proxy_port/no-label" >/dev/null
  curl -sS -m 1 "http://h2.test.ccnproxy-https.localhost:$proxy_port/crawl/zeros" >/dev/null 2>&1 || true
  await 10 client_left_is_counted
  curl -fsS "$admin_url/metrics" >"$scrape"
}
client_left_is_counted() { curl -fsS "$admin_url/metrics" | grep -q 'code="499"'; }
test_metrics_are_as_promtool_wants_them() {
  promtool check metrics <"$scrape" >"$tap_work/promtool" 2>&1 || fail "$(<"$tap_work/promtool")"
  equal 'promtool complains of' '' "$(<"$tap_work/promtool")"
}

# shellcheck disable=SC2016  # no expansions
test_metrics_of_the_contract_are_there() {
  local series
  while read -r series; do
    grep -qE "^$series" "$scrape" || fail "no $series"
  done <<'SERIES'
ccnproxy_requests_total\{origin="https://h2.test",code="200"\} 4
ccnproxy_requests_total\{origin="https://h2.test",code="404"\} 3
ccnproxy_requests_total\{origin="https://h2.test",code="499"\} 1
ccnproxy_requests_total\{origin="https://closed.test",code="502"\} 1
ccnproxy_requests_total\{origin="none",code="400"\} 1
ccnproxy_request_duration_seconds_bucket\{le="\+Inf"\} [1-9]
ccnproxy_connection_wait_seconds_count [1-9]
ccnproxy_request_connect_seconds_count\{phase="tls"\} [1-9]
ccnproxy_upstream_response_head_seconds_bucket\{origin="https://h1.test",le="0.001"\}
ccnproxy_connection_wait_total\{origin="https://h2.test",result="ready"\} [1-9]
ccnproxy_upstream_connections\{origin="https://h2.test",protocol="h2",state="ready"\} [1-9]
ccnproxy_upstream_connections\{origin="https://h1.test",protocol="http/1.1",state="ready"\} [1-9]
ccnproxy_upstream_handshakes_total\{origin="https://h2.test",resumed="false",cause="request"\} 1
ccnproxy_upstream_failed_dials_total\{origin="https://closed.test"\} [1-9]
ccnproxy_retries_total\{origin="https://h2.test",reason="not_sent"\}
ccnproxy_errors_total\{type="connection_refused"\} 1
ccnproxy_errors_total\{type="tls_certificate_error"\} 1
ccnproxy_failed_requests_total\{side="origin",phase="tcp"\} 1
ccnproxy_failed_requests_total\{side="origin",phase="tls"\} 1
ccnproxy_failed_requests_total\{side="client",phase="response"\} 1
ccnproxy_clients [0-9]
ccnproxy_clients_limit [1-9]
ccnproxy_bytes_total\{origin="https://h[12].test",direction="in"\} 100000
ccnproxy_bytes_total\{origin="https://h2.test",direction="out"\} [1-9]
ccnproxy_upstream_rtt_seconds\{origin="https://h2.test"\} [0-9]
ccnproxy_ready 1
ccnproxy_worker_up\{worker="0"\} 1
ccnproxy_build_info\{version="[0-9.]+"\} 1
process_cpu_seconds_total
process_resident_memory_bytes [1-9]
process_open_fds [1-9]
process_max_fds [1-9]
process_start_time_seconds [1-9]
SERIES
}

test_rules_are_valid() { promtool check rules "$rules/rules.yaml"; }

test_alerts_fire_for_incidents_and_only_for_them() {
  promtool test rules "$rules/rules_test.yaml" "$rules/rules_slow_test.yaml"
}

test_each_alert_is_tested_and_has_a_runbook() {
  local alert anchor
  while read -r alert; do
    grep -qh "alertname=\"$alert\"" "$rules"/rules_test.yaml "$rules"/rules_slow_test.yaml || fail "$alert fires in no test"
    anchor=$(grep -A 60 "alert: $alert\$" "$rules/rules.yaml" | sed -n 's/^ *runbook: //p' | head -n 1)
    equal "the runbook of $alert" "docs/alerts.md#${alert,,}" "$anchor"
    grep -q "^## $alert\$" "$top/docs/alerts.md" || fail "docs/alerts.md has no part $alert"
  done < <(sed -n 's/^ *- alert: //p' "$rules/rules.yaml")
}

# All names in what asks for metrics must be exported, or recorded by a rule.
names_in() { grep -hoE '\b(ccnproxy|process)_[a-z_]+|job:ccnproxy_[a-z0-9_:]+' "$@" | sort -u; }
known_names() {
  sed -n 's/^# TYPE \([^ ]*\) histogram$/\1_bucket\n\1_sum\n\1_count/p; s/^# TYPE \([^ ]*\) .*/\1/p' "$scrape"
  sed -n 's/^ *- record: //p' "$rules/rules.yaml"
  sed -n 's/^ *- name: \(ccnproxy_.*\)/\1/p' "$rules/rules.yaml"
}
unknown_names() { comm -23 <(names_in "$@") <(known_names | sort -u); }

test_rules_name_only_what_is_exported() { equal 'unknown names' '' "$(unknown_names "$rules/rules.yaml")"; }
test_rule_tests_name_only_what_is_exported() {
  equal 'unknown names' '' "$(unknown_names "$rules/rules_test.yaml" "$rules/rules_slow_test.yaml")"
}
test_grafana_names_only_what_is_exported() { equal 'unknown names' '' "$(unknown_names "$grafana")"; }

test_grafana_is_valid() {
  # shellcheck disable=SC2016  # PHP's variables, not the shell's
  php -r '$d = json_decode(file_get_contents($argv[1]), true, 64, JSON_THROW_ON_ERROR);
    $ids = array_column($d["panels"], "id");
    if (count($ids) < 15 || count(array_unique($ids)) != count($ids)) { echo "ids of panels\n"; exit(1); }
    foreach ($d["panels"] as $p) {
      foreach ($p["targets"] as $t) if (trim($t["expr"]) === "") { echo "no expr in $p[title]\n"; exit(1); }
      $g = $p["gridPos"];
      if ($g["x"] + $g["w"] > 24) { echo "$p[title] is too wide\n"; exit(1); }
      for ($x = $g["x"]; $x < $g["x"] + $g["w"]; $x++) for ($y = $g["y"]; $y < $g["y"] + $g["h"]; $y++) {
        if (isset($seen["$x,$y"])) { echo "$p[title] is on another panel\n"; exit(1); }
        $seen["$x,$y"] = 1;
      }
    }' -- "$grafana"
}

# Each expression of a panel as a rule, so that promtool parses it; what Grafana fills in is filled in here.
test_grafana_expressions_are_promql() {
  # shellcheck disable=SC2016  # PHP's variables, not the shell's
  php -r '$d = json_decode(file_get_contents($argv[1]), true);
    $out = "groups:\n  - name: panels\n    rules:\n";
    $all = [$d["annotations"]["list"][0]["expr"]];
    foreach ($d["panels"] as $p) foreach ($p["targets"] as $t) $all[] = $t["expr"];
    foreach ($all as $i => $e) {
      $e = str_replace(["\$__rate_interval", "\$job", "\$instance", "\$origin"], ["5m", "ccnproxy", ".*", ".*"], $e);
      $out .= "      - {record: \"panel:expression$i\", expr: " . json_encode($e, JSON_UNESCAPED_SLASHES) . "}\n";
    }
    echo $out;' -- "$grafana" >"$tap_work/panels.yaml"
  promtool check rules "$tap_work/panels.yaml"
}

varied_traffic
run_tests
