#!/bin/bash
# What stands between an application and the daemon on the pages: nginx of docs/from-nginx.md, and the two HAProxys with TLS
# between them of docs/secure-hop.md, each with its documented configuration, on the machine of lib/scene.sh.
# Needs root: its own network and its own /etc.
# Usage: tests/docs/hop_test.sh [DAEMON]
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

# certificate NAME SUBJECT-ALTERNATIVE-NAME: of the hop's own CA, with its key in one file, as HAProxy wants it.
certificate() {
  local folder=/etc/ssl/hop
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$tap_work/$1.key" -out "$tap_work/$1.csr" 2>"$tap_work/openssl"
  openssl x509 -req -in "$tap_work/$1.csr" -CA $folder/ca.pem -CAkey "$tap_work/hop-ca.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=DNS:$2") -out "$tap_work/$1.crt" 2>"$tap_work/openssl"
  cat "$tap_work/$1.crt" "$tap_work/$1.key" >"$folder/$1.pem"
}

make_hop_certificates() {
  mkdir -p /etc/ssl/hop
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=hop CA' -keyout "$tap_work/hop-ca.key" -out /etc/ssl/hop/ca.pem \
    2>"$tap_work/openssl"
  certificate node ccnproxy.internal
  certificate client application
}

# The daemon of the scene holds 127.0.0.1:3000, which on the application's machine is HAProxy's.
start_hop() {
  ip addr add 10.0.0.5/32 dev lo
  make_hop_certificates
  documented /etc/haproxy/hop-client.cfg /etc/haproxy/hop-node.cfg
  sed -i 's/127\.0\.0\.1:3000/127.0.0.1:3999/' /etc/haproxy/hop-client.cfg
  start_process "$tap_work/hop-node.log" haproxy -db -f /etc/haproxy/hop-node.cfg
  start_process "$tap_work/hop-client.log" haproxy -db -f /etc/haproxy/hop-client.cfg
}

start_nginx() {
  documented /etc/nginx/conf.d/ccnproxy.conf
  printf 'user root;\ndaemon off;\npid %s;\nerror_log %s;\nevents {}\nhttp { access_log off; include /etc/nginx/conf.d/ccnproxy.conf; }\n' \
    "$tap_work/nginx.pid" "$tap_work/nginx.log" >"$tap_work/nginx.conf"
  start_process "$tap_work/nginx.log" nginx -c "$tap_work/nginx.conf"
}

ask() { curl -fsS --max-time 10 "$@"; }
label='Host: api.example.com.ccnproxy-https'

test_nginx_hands_requests_to_the_daemon() {
  scene_needed
  await 10 ask -o /dev/null http://127.0.0.1:8080/api/v1/items
  local answer; answer=$(ask -i http://127.0.0.1:8080/api/v1/items)
  contains answer '"uri":"/v1/items","via":"ccnproxy' "$answer"
  contains 'the id' '^X-Chocon-Req: ' "$answer"
}

test_nginx_passes_on_why_not() {
  scene_needed
  sed 's/api\.example\.com\./nosuch.example./; s/:8080/:8081/' /etc/nginx/conf.d/ccnproxy.conf >"$tap_work/other.conf"
  sed "s|/etc/nginx/conf.d/ccnproxy.conf|$tap_work/other.conf|; s|nginx.pid|other.pid|" "$tap_work/nginx.conf" >"$tap_work/other-nginx.conf"
  start_process "$tap_work/nginx.log" nginx -c "$tap_work/other-nginx.conf"
  await 10 curl -sS -o /dev/null http://127.0.0.1:8081/api/v1/items
  contains fields 'Proxy-Status: ccnproxy; error=dns_error' "$(curl -sS -i http://127.0.0.1:8081/api/v1/items)"
}

test_the_hop_with_tls_leads_to_the_daemon() {
  scene_needed
  await 10 ask -o /dev/null -H "$label" http://127.0.0.1:3999/v1/items
  contains answer '"via":"ccnproxy' "$(ask -H "$label" http://127.0.0.1:3999/v1/items)"
}

test_without_a_certificate_there_is_no_answer() {
  scene_needed
  local said
  if said=$(curl -sS --max-time 10 --cacert /etc/ssl/hop/ca.pem --resolve ccnproxy.internal:8443:10.0.0.5 -H "$label" \
    https://ccnproxy.internal:8443/v1/items 2>&1); then fail "answered: $said"; fi
  contains answer '"via":"ccnproxy' "$(ask --cacert /etc/ssl/hop/ca.pem --cert /etc/ssl/hop/client.pem \
    --resolve ccnproxy.internal:8443:10.0.0.5 -H "$label" https://ccnproxy.internal:8443/v1/items)"
}

test_another_name_in_the_certificate_is_refused() {
  scene_needed
  sed 's/ccnproxy\.internal/other.internal/; s/:3999/:3998/' /etc/haproxy/hop-client.cfg >"$tap_work/other.cfg"
  start_process "$tap_work/hop-client.log" haproxy -db -f "$tap_work/other.cfg"
  await 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/3998'
  if ask -H "$label" http://127.0.0.1:3998/v1/items; then fail 'answered'; fi
}

script_cleanup() { release_folders; }
if [[ ! $why_no_scene ]]; then
  start_scene
  start_nginx
  start_hop
fi
run_tests
