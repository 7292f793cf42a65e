#!/bin/bash
# AsyncAws (PHP) as docs/aws.md sets it up, with a queue of SQS over TLS that recomputes every signature from the request as it
# arrived (F116). The host is AWS's own, led by DNS to here, and so is the address of a machine's metadata, where the client gets
# its credentials. Needs root for a network of its own, and node.
# Usage: tests/e2e/async_aws_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"

programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/sigv4" && pwd)
host=sqs.eu-central-1.amazonaws.com
metadata_address=169.254.169.254
proxy_port=3000

origin_is_ready() { grep -q '^ready' "$origin_dir/log"; }

start_queue() {
  origin_dir=$tap_work/origin
  mkdir "$origin_dir"
  make_certificates "$origin_dir" "$host"
  ip addr add "$origin_address/32" dev lo
  start_process "$origin_dir/log" node "$programs/sqs_origin.mjs" "$origin_address" "$origin_dir/server.pem" "$origin_dir/server.key"
  await 30 origin_is_ready || { cat "$origin_dir/log"; return 1; }
}

# What a machine of AWS is told about itself. has_secret SECRET: the credentials of its role.
has_secret() {
  cat >"$tap_work/metadata/latest/meta-data/iam/security-credentials/role" <<JSON
{"Code": "Success", "AccessKeyId": "TESTKEYOFNOACCOUNT00", "SecretAccessKey": "$1", "Token": "a token of this test",
 "Expiration": "$(date -u -d '+6 hours' +%FT%TZ)"}
JSON
}
start_metadata() {
  local folder=$tap_work/metadata/latest/meta-data/iam/security-credentials
  mkdir -p "$folder"
  echo -n role >"$folder/index.html"
  ip addr add "$metadata_address/32" dev lo
  start_process "$tap_work/metadata.log" php -S "$metadata_address:80" -t "$tap_work/metadata"
  await 15 curl -fsS "http://$metadata_address/latest/meta-data/iam/security-credentials/"
}

# A page's block has no "<?php", since it is a part of something.
take_snippet() {
  documented /run/php-aws/sqs.php
  sed -i '1i <?php' /run/php-aws/sqs.php
}

prepare() {
  own_folders
  start_queue
  start_metadata
  write_resolv_conf 'nameserver 127.0.0.1'
  start_process "$tap_work/dns.log" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=nobody --no-resolv --pid-file= \
    --host-record="$host,$origin_address"
  take_snippet
  printf 'upgrade: ["*.amazonaws.com"]\norigins: {allow_own_addresses: true}\ntls: {ca_file: %s}\nadmin: {address: none}\n' "$origin_dir/ca.pem" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

why_not=
if ! can_have_own_folders; then why_not='needs root, namespaces and overlays'; fi
if ! command -v node >/dev/null; then why_not='needs node'; fi
needed() { [[ ! $why_not ]] || skip "$why_not"; }

# with_secret SECRET CASE: in a process of its own, that finds its credentials as on a new machine.
with_secret() {
  has_secret "$1"
  (unset "${!AWS_@}" && HOME=$tap_work timeout 60 php -d error_reporting='E_ALL & ~E_DEPRECATED' "$programs/async_aws.php" "$2")
}
sqs() { with_secret 'a secret of this test alone' "$1"; }
seen() { curl -sS --cacert "$origin_dir/ca.pem" --resolve "$host:443:$origin_address" "https://$host/.seen" | jq -c "$1"; }

test_F116_a_message_comes_back_whole() {
  needed
  equal message whole "$(sqs message)"
  equal 'good, bad' '[2,0]' "$(seen '[.good, .bad]')"
}

test_F116_it_left_by_https_with_the_host_that_was_signed() {
  needed
  equal hosts "[\"$host\"]" "$(seen '.hosts | keys')"
  equal protocols '["2.0"]' "$(seen '.protocols | keys')"
  lacks 'what the daemon was asked for' "$metadata_address" "$(<"$daemon_log")"
}

# The test can fail.
test_F116_a_wrong_secret_is_refused() {
  needed
  equal answer '403 SignatureDoesNotMatch' "$(with_secret 'another secret' refused)"
  equal 'good, bad' '[2,1]' "$(seen '[.good, .bad]')"
}

# The queue had it; nobody knows that, and nobody says it again.
test_F002_a_message_without_an_answer_is_sent_once() {
  needed
  equal answer 502 "$(sqs lost)"
  equal 'how often' 1 "$(seen .sent.LOST)"
}

# What the page warns of: the first time and three more.
test_the_client_that_comes_with_it_sends_it_again() {
  needed
  equal answer 502 "$(sqs lost-by-its-own-client)"
  equal 'how often' 4 "$(seen '.sent["LOST AGAIN"]')"
}

script_cleanup() { release_folders; }
[[ $why_not ]] || prepare
run_tests
