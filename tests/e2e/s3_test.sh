#!/bin/bash
# The AWS SDK for JavaScript as docs/aws.md sets it up, against s3rver behind TLS: PUT and GET by path, an upload of 50 MB in
# parts, with every signature recomputed from the request as it arrived (F116, F117). The host is S3's own, led by DNS to here.
# Needs root for a network of its own, node and npm; where the packages of the lock file can't be had the tests are skipped.
# Usage: tests/e2e/s3_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/machine.sh"
find_daemon "${1:-}"
# Packages come before the network is ours alone.
if [[ ! ${E2E_ISOLATED:-} ]]; then
  S3_PROGRAMS=
  if command -v node >/dev/null && command -v npm >/dev/null; then S3_PROGRAMS=$("$lib/../sigv4/install.sh") || S3_PROGRAMS=; fi
  export S3_PROGRAMS
fi
isolate "$@"

host=s3.eu-central-1.amazonaws.com
proxy_port=3000

origin_is_ready() { grep -q '^ready' "$origin_dir/log"; }

start_s3() {
  origin_dir=$tap_work/origin
  mkdir -p "$origin_dir/store" "$tap_work/programs"
  make_certificates "$origin_dir" "$host"
  ip addr add "$origin_address/32" dev lo
  start_process "$origin_dir/log" node "$S3_PROGRAMS/s3_origin.mjs" "$origin_address" 443 "$origin_dir/server.pem" \
    "$origin_dir/server.key" "$origin_dir/store"
  await 30 origin_is_ready || { cat "$origin_dir/log"; return 1; }
}

prepare() {
  own_folders
  start_s3
  write_resolv_conf 'nameserver 127.0.0.1'
  start_process "$tap_work/dns.log" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=nobody --no-resolv --pid-file= \
    --host-record="$host,$origin_address"
  documented /run/documented.mjs
  # Beside the packages that it imports.
  mv /run/documented.mjs "$S3_PROGRAMS/documented.mjs"
  printf 'upgrade: ["*.amazonaws.com"]\norigins: {allow_own_addresses: true}\ntls: {ca_file: %s}\nadmin: {address: none}\nlog: {access: {to: none}}\n' "$origin_dir/ca.pem" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

why_not=
if ! can_have_own_folders; then why_not='needs root, namespaces and overlays'; fi
if [[ ! ${S3_PROGRAMS:-} ]]; then why_not='needs node, npm and the packages of the lock file'; fi
needed() { [[ ! $why_not ]] || skip "$why_not"; }

with_secret() {
  AWS_ACCESS_KEY_ID=TESTKEYOFNOACCOUNT00 AWS_SECRET_ACCESS_KEY=$1 timeout 120 node --no-warnings "$S3_PROGRAMS/s3_client.mjs" "$2"
}
s3() { with_secret 'a secret of this test alone' "$1"; }
signatures() { curl -sS --cacert "$origin_dir/ca.pem" --resolve "$host:443:$origin_address" "https://$host/.signatures"; }

test_F116_put_and_get_by_path() {
  needed
  equal small whole "$(s3 small)"
}

test_F117_fifty_megabytes_in_parts() {
  needed
  equal 'length, body' '50000000 whole' "$(s3 multipart)"
}

test_F116_every_signature_was_recomputed() {
  needed
  local counts; counts=$(signatures)
  # PUT, GET; begin, six parts, end, HEAD, GET.
  equal counts '{"good":12,"bad":0}' "$counts"
}

# The test can fail.
test_F116_a_wrong_secret_is_refused() {
  needed
  equal answer SignatureDoesNotMatch "$(with_secret 'another secret' wrongSecret)"
  equal counts '{"good":12,"bad":1}' "$(signatures)"
}

script_cleanup() {
  release_folders
  [[ ! ${S3_PROGRAMS:-} ]] || rm -f "$S3_PROGRAMS/documented.mjs"
}
[[ $why_not ]] || prepare
run_tests
