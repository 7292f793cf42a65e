#!/bin/bash
# The inhibit rule of docs/alerts.md in a real Alertmanager, with alerts that have the labels of
# packaging/prometheus/rules.yaml: what it holds back, and what it does not.
# Usage: tests/docs/alertmanager_test.sh [DAEMON]        The daemon is not used.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../..")
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"

# configuration FILE: the page's rules, and the least that must stand beside them. Nobody is told of any alert.
configuration() {
  printf 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n'
  cat "$1"
}

prepare() {
  local rules=$tap_work/documented/run/alertmanager/inhibit_rules.yml port
  python3 -B "$here/blocks.py" files "$tap_work/documented" "$top/docs/alerts.md"
  configuration "$rules" >"$tap_work/alertmanager.yml"
  port=$(free_ports 1)
  url=http://127.0.0.1:$port
  start_process "$tap_work/log" prometheus-alertmanager --config.file="$tap_work/alertmanager.yml" --storage.path="$tap_work/data" \
    --web.listen-address="127.0.0.1:$port" --cluster.listen-address=
  await 30 curl -fsS "$url/-/ready" || { cat "$tap_work/log"; return 1; }
}
show_logs() { tail -n 15 "$tap_work/log"; }

# labels_of ALERT: as rules.yaml gives them, a word each.
labels_of() {
  python3 -B - "$top/packaging/prometheus/rules.yaml" "$1" <<'PYTHON'
import sys
import yaml

rules = [rule for group in yaml.safe_load(open(sys.argv[1]))["groups"] for rule in group["rules"]]
labels = next(rule["labels"] for rule in rules if rule.get("alert") == sys.argv[2])
print(*(f"{name}={value}" for name, value in labels.items()))
PYTHON
}

# begins ALERT [JOB]
begins() {
  local labels
  labels=$(labels_of "$1")
  # shellcheck disable=SC2086  # several words
  amtool --alertmanager.url="$url" alert add "$1" job="${2:-ccnproxy}" $labels
}

# The names of the alerts that stand and are held back, or are not.
alerts() { curl -fsS "$url/api/v2/alerts?inhibited=$1&active=$2" | jq -r '.[] | .labels.alertname + "/" + .labels.job' | sort | xargs; }
held_back() { alerts true false; }
told() { alerts false true; }
# What holds others back is taken note of a little after it has been put in, one alert after the other.
is_held_back() { [[ " $(held_back) " == *" $1 "* ]]; }

test_amtool_takes_the_configuration() {
  contains amtool '1 inhibit rules' "$(amtool check-config "$tap_work/alertmanager.yml")"
}

test_amtool_finds_a_mistake() {
  configuration <(sed 's/source_matchers/source_match/' "$tap_work/documented/run/alertmanager/inhibit_rules.yml") >"$tap_work/bad.yml"
  if amtool check-config "$tap_work/bad.yml"; then fail 'taken'; fi
}

# The tests build on each other: what began goes on.
test_a_ticket_is_told_while_it_is_alone() {
  begins CcnproxyFailuresBurnSlow
  equal 'held back' '' "$(held_back)"
  equal 'told' CcnproxyFailuresBurnSlow/ccnproxy "$(told)"
}

test_a_page_holds_back_the_ticket_of_its_level() {
  begins CcnproxyFailuresBurnFast
  await 10 is_held_back CcnproxyFailuresBurnSlow/ccnproxy || true
  equal 'held back' CcnproxyFailuresBurnSlow/ccnproxy "$(held_back)"
  equal 'told' CcnproxyFailuresBurnFast/ccnproxy "$(told)"
}

test_a_page_does_not_hold_back_the_ticket_of_another_level_or_job() {
  begins CcnproxyNotReadyBurnSlow
  begins CcnproxyFailuresBurnSlow other
  equal 'held back' CcnproxyFailuresBurnSlow/ccnproxy "$(held_back)"
  equal 'told' 'CcnproxyFailuresBurnFast/ccnproxy CcnproxyFailuresBurnSlow/other CcnproxyNotReadyBurnSlow/ccnproxy' "$(told)"
}

# Causes have no level: what is missing on both sides would be equal. The page after it shows that it has been taken note of.
test_a_page_without_a_level_holds_nothing_back() {
  begins CcnproxyDialsFail
  begins CcnproxyDown
  begins CcnproxyNotReadyBurnFast
  await 10 is_held_back CcnproxyNotReadyBurnSlow/ccnproxy
  equal 'held back' 'CcnproxyFailuresBurnSlow/ccnproxy CcnproxyNotReadyBurnSlow/ccnproxy' "$(held_back)"
}

prepare
run_tests
