#!/bin/bash
# AWS Signature Version 4 through the daemon: the origin recomputes each signature from the request as it arrived, over
# TLS, with an implementation of its own and with the SDK's (F116, F117, F118). Signed by the SDK for JavaScript, by its
# signer alone, and by hand in PHP (ext-curl, Guzzle). Needs node and npm; packages come by the lock file, and where they can't be had the
# tests that need them are skipped.
# Usage: tests/e2e/sigv4_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"

programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/sigv4" && pwd)
run=$tap_work

install_packages() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  run=$("$programs/install.sh" 2>"$tap_work/npm.log") || { cat "$tap_work/npm.log"; return 1; }
}

origin_accepts() { (exec 3<>"/dev/tcp/127.0.0.1/$origin_port") 2>/dev/null; }

prepare() {
  local ports
  mapfile -t ports < <(free_ports 2)
  proxy_port=${ports[0]} origin_port=${ports[1]}
  mkdir "$tap_work/origin"
  make_certificates "$tap_work/origin" s3.test s3h1.test
  start_process "$tap_work/origin/log" node "$run/origin.mjs" "$origin_port" "$tap_work/origin/server.pem" "$tap_work/origin/server.key"
  await 15 origin_accepts || { cat "$tap_work/origin/log"; return 1; }
  cat >"$tap_work/ccnproxy.yaml" <<CONF
listeners: [{address: "127.0.0.1:$proxy_port"}]
admin: {address: none}
upgrade: ["s3.test", "s3h1.test"]
tls: {ca_file: $tap_work/origin/ca.pem}
overrides:
  - {match: s3.test, connect_to: "127.0.0.1:$origin_port"}
  - {match: s3h1.test, connect_to: "127.0.0.1:$origin_port", tls: {alpn: [http/1.1]}}
CONF
  start_daemon "$tap_work/ccnproxy.yaml"
}

installed=
if install_packages; then
  installed=1
  prepare
fi
needed() { [[ $installed ]] || skip 'needs node, npm and the packages of the lock file'; }

# signed WAY: what the SDK's signer makes of it, over both protocols.
signed() {
  needed
  local way=$1
  equal 'over h2' "$2" "$(node "$run/client.mjs" "$way" "$proxy_port" s3.test)"
  equal 'over http/1.1' "${2//s3.test HTTP\/2.0/s3h1.test HTTP/1.1}" "$(node "$run/client.mjs" "$way" "$proxy_port" s3h1.test)"
}

test_F116_absolute_form_with_upgrade() { signed absolute '200 200 s3.test HTTP/2.0 whole'; }
test_F116_signed_for_the_real_host() { signed real-host '200 200 s3.test HTTP/2.0 whole'; }

# The test can fail: this is what the label does to a signature.
test_F116_signed_for_the_label_is_refused() {
  needed
  contains answer '^403 403 s3.test .*SignatureDoesNotMatch' "$(node "$run/client.mjs" label "$proxy_port" s3.test)"
}

test_F116_the_sdk_for_javascript() {
  needed
  equal 'over h2' whole "$(node "$run/sdk.mjs" "$proxy_port" s3.test)"
  equal 'over http/1.1' whole "$(node "$run/sdk.mjs" "$proxy_port" s3h1.test)"
}

# by_hand [guzzle]
by_hand() {
  needed
  local way host
  for way in absolute real-host; do
    for host in s3.test s3h1.test; do equal "$way to $host" 200 "$(php "$programs/sign.php" "$way" "$proxy_port" "$host" "$@")"; done
  done
  contains 'signed for the label' '^403 .*SignatureDoesNotMatch' "$(php "$programs/sign.php" label "$proxy_port" s3.test "$@")"
}

test_F116_php_by_hand() { by_hand; }
# With the options that the AWS SDK for PHP hands to Guzzle.
test_F116_guzzle_with_the_options_of_the_sdk() { by_hand guzzle; }

# No address of where packages come from stands in the tree.
test_the_lock_file_names_no_host() {
  if grep -nE '"resolved"|https?://' "$programs/package-lock.json"; then fail 'an address in package-lock.json'; fi
}

run_tests
