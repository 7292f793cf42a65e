#!/bin/bash
# The rule of docs/kubernetes.md for prometheus-adapter, without one: its queries are made of the templates as the adapter makes
# them, and asked of a real Prometheus that scrapes two real daemons as two pods.
# Usage: tests/docs/adapter_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../..")
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
# shellcheck source=tests/e2e/lib/daemon.sh
source "$here/../e2e/lib/daemon.sh"
find_daemon "${1:-}"

rules=$tap_work/documented/run/prometheus-adapter/rules.yaml
scrapes=()

# start_pod NAME: a daemon, and what Prometheus is to know of it. Its address is in $pod_port.
start_pod() {
  local ports
  mapfile -t ports < <(free_ports 2)
  pod_port=${ports[0]}
  printf 'listeners: [{address: "127.0.0.1:%s"}]\nadmin: {address: "127.0.0.1:%s"}\n' "${ports[@]}" >"$tap_work/$1.yaml"
  start_process "$tap_work/daemon.log" "$daemon_binary" serve -f "$tap_work/$1.yaml"
  await 15 curl -fsS "http://127.0.0.1:${ports[1]}/readyz"
  scrapes+=("{targets: ['127.0.0.1:${ports[1]}'], labels: {namespace: ccnproxy, pod: $1}}")
}

start_prometheus() {
  local port; port=$(free_ports 1)
  prometheus_url=http://127.0.0.1:$port
  printf 'global: {scrape_interval: 1s}\nscrape_configs: [{job_name: pods, static_configs: [%s]}]\n' \
    "$(IFS=,; echo "${scrapes[*]}")" >"$tap_work/prometheus.yml"
  start_process "$tap_work/prometheus.log" prometheus --config.file="$tap_work/prometheus.yml" \
    --storage.tsdb.path="$tap_work/data" --web.listen-address="127.0.0.1:$port"
  await 30 curl -fsS "$prometheus_url/-/ready"
}

# Two clients of the first pod, one of the second. They stay.
# shellcheck disable=SC2034  # open is all that they need to be
connect_clients() {
  exec {first}<>"/dev/tcp/127.0.0.1/$1" {second}<>"/dev/tcp/127.0.0.1/$1" {third}<>"/dev/tcp/127.0.0.1/$2"
}

prepare() {
  local port_of_the_first
  python3 -B "$here/blocks.py" files "$tap_work/documented" "$top/docs/kubernetes.md"
  start_pod ccnproxy-0
  port_of_the_first=$pod_port
  start_pod ccnproxy-1
  connect_clients "$port_of_the_first" "$pod_port"
  start_prometheus
}
show_logs() { tail -n 5 "$tap_work/daemon.log" "$tap_work/prometheus.log"; }

# adapter QUERY [NAME=VALUE...]: a query of the page's first rule, with its placeholders replaced.
adapter() { python3 -B "$here/lib/adapter.py" "$rules" "$@"; }
# As the adapter asks for several pods of a namespace at once.
metrics_query() {
  adapter metricsQuery Series="$1" LabelMatchers='namespace="ccnproxy",pod=~"ccnproxy-0|ccnproxy-1"' GroupBy=pod
}

ask() { curl -fsSG "$prometheus_url/api/v1/$1" --data-urlencode "$2"; }
series() { ask series "match[]=$(adapter seriesQuery)" | jq -r '.data[] | .__name__ + " " + .namespace + "/" + .pod' | sort | xargs; }
values() { ask query "query=$(metrics_query "$1")" | jq -r '.data.result[] | .metric.pod + "=" + .value[1]' | sort | xargs; }

both_are_scraped() { [[ $(values ccnproxy_clients) == 'ccnproxy-0=2 ccnproxy-1=1' ]]; }

test_the_series_of_each_pod_are_found() {
  await 30 both_are_scraped || true
  equal series 'ccnproxy_clients ccnproxy/ccnproxy-0 ccnproxy_clients ccnproxy/ccnproxy-1' "$(series)"
}

test_each_pod_has_one_value() {
  await 30 both_are_scraped || true
  equal values 'ccnproxy-0=2 ccnproxy-1=1' "$(values ccnproxy_clients)"
}

# Pods are told by labels that the rule names, and the metric is that of the autoscaler.
test_the_rule_fits_its_queries_and_the_autoscaler() {
  equal labels 'namespace=namespace pod=pod' "$(adapter resources)"
  contains autoscaler "name: $(adapter seriesQuery | sed 's/{.*//')\b" "$(<"$top/packaging/kubernetes/autoscaler.yaml")"
}

# mistaken SED-COMMAND: what comes of the page's rule with that change.
mistaken() {
  sed "$1" "$tap_work/documented/run/prometheus-adapter/rules.yaml" >"$tap_work/wrong.yaml"
  rules=$tap_work/wrong.yaml values ccnproxy_clients 2>&1
}

# The test can fail: without its grouping the rule has one value for all pods, and what nobody fills in or reads is told.
test_mistakes_are_found() {
  equal 'without its grouping' '=3' "$(mistaken 's/ by (<<.GroupBy>>)//')"
  contains 'a placeholder' 'nothing fills in' "$(mistaken 's/<<.GroupBy>>/<<.Group>>/' || true)"
  contains 'a key' 'no rule has metricQuery' "$(mistaken 's/metricsQuery/metricQuery/' || true)"
}

prepare
run_tests
