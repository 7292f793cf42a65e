#!/bin/bash
# Apache httpd that wants a client certificate for some paths only: renegotiation with TLS 1.2, post-handshake
# authentication with TLS 1.3, over HTTP/1.1; over HTTP/2 it asks for HTTP/1.1.
# Usage: tests/e2e/apache_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

modules=/usr/lib/apache2/modules
versions=(12 13)

has_apache() { command -v apache2 >/dev/null && [[ -e $modules/mod_ssl.so && -e $modules/mod_http2.so ]]; }

needs_apache() { has_apache || skip 'no apache2 with mod_ssl and mod_http2'; }

# vhost PORT TLS-VERSION PROTOCOLS
vhost() {
  cat <<CONF
Listen 127.0.0.1:$1
<VirtualHost 127.0.0.1:$1>
  Protocols $3
  SSLEngine on
  SSLProtocol -all +TLSv1.$2
  SSLCertificateFile $origin_dir/server.pem
  SSLCertificateKeyFile $origin_dir/server.key
  SSLCACertificateFile $origin_dir/ca.pem
  <Location /protected>
    SSLVerifyClient require
    SSLOptions +StdEnvVars
    Header always set X-Client-Name "%{SSL_CLIENT_S_DN_CN}s"
  </Location>
</VirtualHost>
CONF
}

apache_config() {
  local module version
  echo "ServerRoot $origin_dir"
  echo "ServerName origin.test"
  echo "DefaultRuntimeDir $origin_dir"
  ((EUID != 0)) || printf 'User nobody\nGroup nogroup\n'
  echo "PidFile $origin_dir/apache.pid"
  echo "ErrorLog $origin_dir/error.log"
  echo 'LogLevel warn ssl:info'
  echo "DocumentRoot $origin_dir/files"
  for module in mpm_event authz_core dir headers ssl http2; do echo "LoadModule ${module}_module $modules/mod_$module.so"; done
  echo "<Directory $origin_dir/files>"
  echo '  Require all granted'
  echo '</Directory>'
  for version in "${versions[@]}"; do
    vhost "${h1_ports[$version]}" "$((version - 10))" 'http/1.1'
    vhost "${h2_ports[$version]}" "$((version - 10))" 'h2 http/1.1'
  done
}

make_client_certificate() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$origin_dir/client.key" \
    -out "$origin_dir/client.csr" -subj /CN=shop-1 2>"$origin_dir/openssl.log"
  openssl x509 -req -in "$origin_dir/client.csr" -CA "$origin_dir/ca.pem" -CAkey "$origin_dir/ca.key" -CAcreateserial \
    -days 30 -out "$origin_dir/client.pem" 2>"$origin_dir/openssl.log"
}

# Origins h1-12, h1-13, h2-12, h2-13 with our certificate, and plain-12, plain-13 (HTTP/1.1) without one.
apache_daemon_config() {
  local version ours
  ours="{ca_file: $origin_dir/ca.pem, certificate: $origin_dir/client.pem, key: $origin_dir/client.key, server_name: origin.test}"
  cat <<CONF
listeners: [{address: 127.0.0.1:$proxy_port}]
admin: {address: none}
tls: {ca_file: $origin_dir/ca.pem}
overrides:
CONF
  for version in "${versions[@]}"; do
    echo "  - {match: h1-$version.test, connect_to: \"127.0.0.1:${h1_ports[$version]}\", tls: $ours}"
    echo "  - {match: h2-$version.test, connect_to: \"127.0.0.1:${h2_ports[$version]}\", tls: $ours}"
    echo "  - {match: plain-$version.test, connect_to: \"127.0.0.1:${h1_ports[$version]}\", tls: {server_name: origin.test}}"
  done
}

apache_ready_or_gone() { process_gone "$origin_pid" || curl -sk --max-time 2 -o /dev/null "https://127.0.0.1:${h1_ports[12]}/open"; }

prepare() {
  local ports
  mapfile -t ports < <(free_ports 5)
  proxy_port=${ports[0]}
  declare -ga h1_ports=([12]="${ports[1]}" [13]="${ports[2]}") h2_ports=([12]="${ports[3]}" [13]="${ports[4]}")
  prepare_origin "$tap_work/origin" origin.test
  make_client_certificate
  mkdir -p "$origin_dir/files/protected"
  echo open >"$origin_dir/files/open"
  echo protected >"$origin_dir/files/protected/index.html"
  apache_config >"$origin_dir/apache.conf"
  start_process "$origin_dir/error.log" apache2 -DFOREGROUND -f "$origin_dir/apache.conf"
  origin_pid=$started
  await 10 apache_ready_or_gone
  process_alive "$origin_pid"
  apache_daemon_config >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
  tap_pids=("$daemon_pid" "$origin_pid")  # in this order: Apache waits for its HTTP/2 connections
}

# Twice, and between them a path that anybody may ask for: the pool goes on.
protected_path_works() {
  local path
  needs_apache
  for path in /protected/ /open /protected/; do
    equal "$1$path" "$(tr -d / <<<"$path")" "$(through "$1" "$path")"
  done
  contains 'whom Apache saw' '^[Xx]-[Cc]lient-[Nn]ame: shop-1' "$(through "$1" /protected/ -o /dev/null -D -)"
}

test_F129_tls12_renegotiation_over_http1() { protected_path_works h1-12.test; }
test_F129_tls13_post_handshake_authentication_over_http1() { protected_path_works h1-13.test; }

test_F129_a_body_is_sent_once() {
  local version
  needs_apache
  head -c 100000 /dev/zero >"$tap_work/body"
  for version in "${versions[@]}"; do
    contains "status over TLS 1.$((version - 10))" '^(200|405)$' \
      "$(through "h1-$version.test" /protected/ -o /dev/null -w '%{http_code}' --data-binary "@$tap_work/body")"
  done
}

# As curl itself: the answer is about HTTP/1.1.
test_F129_over_http2_the_origin_is_asked_over_http1() {
  local version
  for version in "${versions[@]}"; do protected_path_works "h2-$version.test"; done
}

test_F129_without_a_certificate_the_origin_refuses() {
  needs_apache
  equal 'TLS 1.3' 403 "$(through plain-13.test /protected/ -o /dev/null -w '%{http_code}')"
  contains 'TLS 1.2' 'tls\.certificate' "$(through plain-12.test /protected/)"
  equal 'afterwards' open "$(through plain-12.test /open)"
}

if has_apache; then prepare; fi
run_tests
