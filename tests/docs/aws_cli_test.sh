#!/bin/bash
# The `aws` commands of docs/dns.md and the change batches beside them, by Debian's awscli against a stand-in on loopback.
# What the commands send is looked at, and each parameter is held against AWS's own model (aws/cli.py).
# Needs root: its own network and its own /etc.
# Usage: tests/docs/aws_cli_test.sh [DAEMON]
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

log=$tap_work/requests
stand_in_listens() { [[ -s $tap_work/stand_in ]]; }

# Credentials of no account, and nothing of whoever runs this.
own_account() {
  unset "${!AWS_@}"
  export AWS_ACCESS_KEY_ID=TESTKEYOFNOACCOUNT00 AWS_SECRET_ACCESS_KEY='a secret of this test alone'
  export AWS_DEFAULT_REGION=eu-central-1 AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1 AWS_PAGER='' HOME=$tap_work
}

prepare() {
  start_scene
  own_account
  printf '#!/bin/sh\nexec /usr/bin/python3 -B %q "$@"\n' "$here/aws/cli.py" >"$tap_work/bin/aws"
  chmod 755 "$tap_work/bin/aws"
  start_process "$tap_work/stand_in" /usr/bin/python3 -B "$here/aws/stand_in.py" "$log"
  await 15 stand_in_listens
  STAND_IN=$(<"$tap_work/stand_in")
  export STAND_IN
  documented /run/aws/balancer.sh /run/aws/balancer.json /run/aws/node.sh /run/aws/node.json
}

# run FILE: with the documented files in a folder of its own, so that a test can change one of them.
run() {
  : >"$log"
  (cd "$tap_work/run" && timeout 240 bash -euo pipefail "$1" </dev/null)
}
fresh() {
  rm -rf "$tap_work/run"
  cp -r /run/aws "$tap_work/run"
  cp "/run/aws/$1.json" "$tap_work/run/wildcard.json"
}

actions() { cut -f1 "$log" | xargs; }
sent() { contains "$1" "	$2(	|\$)" "$(grep "^$1" "$log" | tr '\n' '\t')"; }

test_a_load_balancer() {
  scene_needed
  fresh balancer
  run balancer.sh
  equal actions 'CreateTargetGroup ChangeResourceRecordSets' "$(actions)"
  sent CreateTargetGroup HealthCheckPath=/hc
  sent CreateTargetGroup HealthCheckProtocol=HTTP
  sent ChangeResourceRecordSets Id=Z0123456789ABCDEFGHIJ
  sent ChangeResourceRecordSets 'ChangeBatch/Changes/Change/ResourceRecordSet/Name=\*\.ccnproxy-https\.internal'
  sent ChangeResourceRecordSets ChangeBatch/Changes/Change/ResourceRecordSet/AliasTarget/EvaluateTargetHealth=true
}

# The record of a node goes in by the same command.
test_a_record_of_each_node() {
  scene_needed
  fresh node
  sed -i '/^aws elbv2/,/[^\\]$/d' "$tap_work/run/balancer.sh"
  run balancer.sh
  equal actions ChangeResourceRecordSets "$(actions)"
  sent ChangeResourceRecordSets ChangeBatch/Changes/Change/ResourceRecordSet/MultiValueAnswer=true
  sent ChangeResourceRecordSets ChangeBatch/Changes/Change/ResourceRecordSet/ResourceRecords/ResourceRecord/Value=10.0.0.5
}

test_a_node_that_reports_itself() {
  scene_needed
  fresh node
  run node.sh
  equal actions 'PutMetricData PutMetricAlarm CreateHealthCheck' "$(actions)"
  # The alarm is about what the node reports, and the health check about the alarm.
  sent PutMetricData MetricData.member.1.MetricName=Healthy
  sent PutMetricAlarm MetricName=Healthy
  sent PutMetricData MetricData.member.1.Dimensions.member.1.Value=10.0.0.5
  sent PutMetricAlarm Dimensions.member.1.Value=10.0.0.5
  sent PutMetricAlarm TreatMissingData=breaching
  sent PutMetricAlarm AlarmName=ccnproxy-10.0.0.5
  sent CreateHealthCheck HealthCheckConfig/AlarmIdentifier/Name=ccnproxy-10.0.0.5
}

# No command of the page is left out.
test_every_command_was_in_one_of_these() {
  scene_needed
  equal commands "$(grep -cE '^ *aws ' "$here/../../docs/dns.md")" "$(cat /run/aws/*.sh | grep -cE '^ *aws ')"
}

# mistaken FILE WORDS ACTION SED-COMMAND: with that change the commands do not pass, the words say why, and what the change is
# in is not sent.
mistaken() {
  local said
  fresh "${1%.*}"
  sed -i "$4" "$tap_work/run/$1" "$tap_work/run/wildcard.json"
  if said=$(run "$1" 2>&1); then fail "taken: $4" || return; fi
  contains "$4" "$2" "$said"
  lacks 'what was sent' "$3" "$(actions)"
}

test_mistakes_are_found() {
  scene_needed
  mistaken balancer.sh vpcid CreateTargetGroup 's/--vpc-id/--vpcid/'
  mistaken balancer.sh 'HealthCheckProtocol is HTML' CreateTargetGroup 's/HTTP/HTML/'
  mistaken balancer.sh 'Action is UPSET' ChangeResourceRecordSets 's/UPSERT/UPSET/'
  mistaken balancer.sh 'Unknown parameter' ChangeResourceRecordSets 's/"EvaluateTargetHealth"/"EvaluateHealth"/'
  mistaken balancer.sh 'JSON' ChangeResourceRecordSets 's/"A",/"A"/'
  mistaken node.sh 'ComparisonOperator is LessThenThreshold' PutMetricAlarm 's/LessThanThreshold/LessThenThreshold/'
  mistaken node.sh 'InsufficientDataHealthStatus is Ill' CreateHealthCheck 's/=Unhealthy/=Ill/'
}

# The last one, as there is no daemon afterwards.
test_a_node_without_its_daemon_reports_nothing() {
  scene_needed
  fresh node
  stop_process "$daemon_pid"
  run node.sh 2>"$tap_work/said"
  contains 'why not' "Couldn't connect" "$(<"$tap_work/said")"
  equal actions 'PutMetricAlarm CreateHealthCheck' "$(actions)"
}

script_cleanup() { release_folders; }
[[ $why_no_scene ]] || prepare
run_tests
