#!/bin/bash
# The clients of S3 in docs/aws.md (boto3, awscli, rclone, s3cmd, a presigned URL), each as the page sets it up, from Debian's
# packages, against an origin that recomputes each signature (aws/s3_origin.py). The host is S3's own, led by DNS to here.
# Needs root: its own network and its own /etc. A client that is not installed is left out.
# Usage: tests/docs/s3_clients_test.sh [DAEMON]
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

host=s3.eu-central-1.amazonaws.com
log=$tap_work/requests
PATH=/usr/bin:$PATH  # Debian's Python, and what runs in it

own_account() {
  unset "${!AWS_@}"
  export AWS_ACCESS_KEY_ID=TESTKEYOFNOACCOUNT00 AWS_SECRET_ACCESS_KEY='a secret of this test alone' AWS_PAGER='' HOME=$tap_work/home
  export AWS_EC2_METADATA_DISABLED=true AWS_MAX_ATTEMPTS=1
}

origin_is_ready() { grep -q '^ready' "$origin_dir/log"; }
start_s3() {
  origin_dir=$tap_work/origin
  mkdir -p "$origin_dir" "$HOME/.config/rclone"
  make_certificates "$origin_dir" "$host"
  ip addr add "$origin_address/32" dev lo
  touch "$log"
  start_process "$origin_dir/log" python3 -B "$here/aws/s3_origin.py" "$origin_address" 443 "$origin_dir/server.pem" \
    "$origin_dir/server.key" "$log"
  await 15 origin_is_ready
  start_process "$tap_work/dns.log" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=nobody --no-resolv --pid-file= \
    --host-record="$host,$origin_address" --address=/ccnproxy-https/127.0.0.1
}

prepare() {
  own_folders
  own_account
  write_resolv_conf 'nameserver 127.0.0.1'
  start_s3
  proxy_port=3000
  printf 'upgrade: ["*.amazonaws.com"]\norigins: {allow_own_addresses: true}\ntls: {ca_file: %s}\nadmin: {address: none}\n' \
    "$origin_dir/ca.pem" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
  documented /run/s3/boto.py /run/s3/awscli.sh /run/s3/rclone.conf /run/s3/rclone.sh /run/s3/s3cfg /run/s3/s3cmd.sh \
    /run/s3/presigned.sh
  cp /run/s3/rclone.conf "$HOME/.config/rclone/rclone.conf"
  cp /run/s3/s3cfg "$HOME/.s3cfg"
  head -c 100000 /dev/urandom >/run/s3/report.csv
}

needs() {
  scene_needed
  case $1 in
    boto3) python3 -c 'import boto3' 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac || skip "no $1 here"
}
run() { (cd /run/s3 && timeout 60 "$@" </dev/null); }
# The object came as it was, and every request until now was signed as it arrived.
arrived() {
  contains 'a PUT' "^PUT /bucket/$1[? ].*good " "$(<"$log")"
  lacks signatures ' bad ' "$(<"$log")"
  equal 'bytes of the object' "$(hash_of /run/s3/report.csv)" "$(boto "$1" | hash_of)"
}
# boto KEY: reads an object with the page's client; without boto3 the check of the bytes is that of the signature alone.
boto() {
  python3 -c 'import boto3' 2>/dev/null || { cat /run/s3/report.csv; return; }
  { cat /run/s3/boto.py; echo "import sys; sys.stdout.buffer.write(s3.get_object(Bucket='bucket', Key='$1')['Body'].read())"; } >"$tap_work/get.py"
  run python3 -B "$tap_work/get.py"
}

test_awscli() {
  needs aws
  run bash -euo pipefail awscli.sh
  arrived awscli.csv
}

test_a_presigned_url_by_the_label() {
  needs aws
  equal 'bytes' "$(hash_of /run/s3/report.csv)" "$(run bash -euo pipefail presigned.sh | hash_of)"
  contains 'signed by its query' '^GET /bucket/awscli.csv\?.*good query' "$(<"$log")"
}

test_rclone() {
  needs rclone
  run bash -euo pipefail rclone.sh
  arrived rclone.csv
}

test_s3cmd() {
  needs s3cmd
  run s3cmd put report.csv s3://bucket/s3cmd.csv
  run bash -euo pipefail s3cmd.sh
  arrived s3cmd.csv
}

# boto3's upload: by http the body's hash is signed, and a checksum stands in the head.
test_boto3() {
  needs boto3
  { cat /run/s3/boto.py
    echo "s3.put_object(Bucket='bucket', Key='boto.csv', Body=open('/run/s3/report.csv', 'rb'), ChecksumAlgorithm='SHA256')"; } >"$tap_work/put.py"
  run python3 -B "$tap_work/put.py"
  arrived boto.csv
  contains 'how it was signed' '^PUT /bucket/boto.csv good hash .*x-amz-checksum-sha256' "$(<"$log")"
  lacks 'how it was signed' '^PUT /bucket/boto.csv .*x-amz-trailer' "$(<"$log")"
}

# What the page says of https:// endpoints: directly a trailer and no hash, by the daemon 405 in botocore's words.
test_an_https_endpoint_is_another_matter() {
  needs boto3
  sed "s|endpoint_url='http:|endpoint_url='https:|; s|proxies={[^}]*}|proxies={}|" /run/s3/boto.py >"$tap_work/directly.py"
  echo "s3.put_object(Bucket='bucket', Key='directly.csv', Body=open('/run/s3/report.csv', 'rb'), ChecksumAlgorithm='SHA256')" >>"$tap_work/directly.py"
  AWS_CA_BUNDLE=$origin_dir/ca.pem run python3 -B "$tap_work/directly.py"
  contains 'how it was signed' '^PUT /bucket/directly.csv good STREAMING-UNSIGNED-PAYLOAD-TRAILER .*x-amz-trailer' "$(<"$log")"
  sed "s|endpoint_url='http:|endpoint_url='https:|; s|{'http':|{'https':|" /run/s3/boto.py >"$tap_work/tunnel.py"
  echo "s3.list_objects_v2(Bucket='bucket')" >>"$tap_work/tunnel.py"
  local said
  if said=$(AWS_CA_BUNDLE=$origin_dir/ca.pem run python3 -B "$tap_work/tunnel.py" 2>&1); then fail 'there is a tunnel'; fi
  contains 'why not' 'ProxyConnectionError: Failed to connect to proxy URL: "http://127.0.0.1:3000"' "$said"
}

# The test can fail.
test_a_signature_for_the_label_is_refused() {
  needs aws
  local said
  if said=$(run aws --region eu-central-1 --endpoint-url "http://$host.ccnproxy-https:3000" s3 ls s3://bucket/ 2>&1); then fail 'taken'; fi
  contains 'why not' SignatureDoesNotMatch "$said"
  contains 'what arrived' ' bad ' "$(<"$log")"
}

script_cleanup() { release_folders; }
[[ $why_no_scene ]] || prepare
run_tests
