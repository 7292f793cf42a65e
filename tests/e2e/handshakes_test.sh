#!/bin/bash
# What origins that end their connections are asked without a request: HAProxy with a dead server behind TLS, nginx with limits
# of a second. Counted by them.
# Usage: tests/e2e/handshakes_test.sh [DAEMON]
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"

mapfile -t ports < <(free_ports 9)
proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]} dead_port=${ports[4]}
h2_status=${ports[5]} h1_status=${ports[6]} dead_status=${ports[7]} admin_port=${ports[8]}

# short_nginx PROTOCOL-WORDS PORT STATUS-PORT: one of its own, so that it counts its own connections.
short_nginx() {
  local dir=$tap_work/nginx$2 user=
  mkdir -p "$dir"
  ((EUID != 0)) || user='user root;'
  cat >"$dir/nginx.conf" <<CONF
$user
worker_processes 1;
daemon off;
pid $dir/pid;
error_log $dir/error.log warn;
events { worker_connections 512; }
http {
  access_log off;
  ssl_certificate $origin_dir/server.pem;
  ssl_certificate_key $origin_dir/server.key;
  keepalive_timeout 1s;
  client_header_timeout 1s;
  client_body_temp_path $dir/temp;
  proxy_temp_path $dir/temp;
  fastcgi_temp_path $dir/temp;
  scgi_temp_path $dir/temp;
  uwsgi_temp_path $dir/temp;
  server { listen 127.0.0.1:$2 $1; location / { return 200 ok; } }
  server { listen 127.0.0.1:$3; location / { stub_status; } }
}
CONF
  start_process "$dir/log" nginx -c "$dir/nginx.conf" -p "$dir" -e "$dir/error.log"
  await 10 curl -fsS "http://127.0.0.1:$3/"
}

dead_haproxy() {
  cat "$origin_dir/server.pem" "$origin_dir/server.key" >"$tap_work/both.pem"
  cat >"$tap_work/haproxy.cfg" <<CONF
defaults
  timeout connect 1s
  timeout client 60s
  timeout server 60s
listen dead
  mode tcp
  retries 0
  bind 127.0.0.1:$dead_port ssl crt $tap_work/both.pem alpn h2,http/1.1
  server dead 127.0.0.1:$closed_port
frontend counts
  mode http
  bind 127.0.0.1:$dead_status
  stats enable
  stats uri /
CONF
  start_process "$tap_work/haproxy.log" haproxy -db -f "$tap_work/haproxy.cfg"
  await 10 curl -fsS "http://127.0.0.1:$dead_status/;csv"
}

daemon_config() {
  cat <<CONF
listeners: [{address: 127.0.0.1:$proxy_port}]
admin: {address: 127.0.0.1:$admin_port}
tls: {ca_file: $origin_dir/ca.pem}
overrides:
  - {match: h2.test, connect_to: "127.0.0.1:$h2_port"}
  - {match: h1.test, connect_to: "127.0.0.1:$h1_port"}
  - {match: dead.test, connect_to: "127.0.0.1:$dead_port"}
CONF
}

# Connections so far, those that asked for this number not counted: it is a connection, too, each time.
connections_of() {
  local all
  all=$(curl -fsS "http://127.0.0.1:$1/" | sed -n 's/^ \([0-9]*\) .*/\1/p')
  echo $((all - $2))
}
sessions_of_dead() { curl -fsS "http://127.0.0.1:$dead_status/;csv" | sed -n 's/^dead,FRONTEND,//p' | cut -d, -f6; }

pools_say() { curl -fsS "http://127.0.0.1:$admin_port/pools?contains=$1" | grep -o '"not_kept_ready":"[^"]*"'; }

a_while() { read -rt 6 <> <(:) || true; }

# not_kept_ready ORIGIN STATUS-PORT
not_kept_ready() {
  local before after
  equal 'the answer' ok "$(through "$1" /)"
  await 20 eval "pools_say $1 | grep -q 'ends a connection'"
  before=$(connections_of "$2" 2)
  ((before <= 12)) || fail "$before connections until it was learnt"
  a_while
  after=$(connections_of "$2" 3)
  equal 'connections since' "$before" "$after"
  equal 'the next answer' ok "$(through "$1" /)"
}

test_F147_a_balancer_with_a_dead_server_is_not_dialled_without_end() {
  local sessions
  through dead.test / -o /dev/null -w '%{http_code}\n' | grep -q 502
  a_while
  sessions=$(sessions_of_dead)
  ((sessions >= 2)) || fail 'nobody looked whether it has come back'
  ((sessions <= 12)) || fail "$sessions connections after one request"
}
test_F148_nginx_with_limits_of_a_second_over_h2() { not_kept_ready h2.test "$h2_status"; }
test_F148_nginx_with_limits_of_a_second_over_http1() { not_kept_ready h1.test "$h1_status"; }

command -v haproxy >/dev/null || { echo '0 passed, 0 failed'; exit 0; }
prepare_origin "$tap_work/origin" h2.test h1.test dead.test
short_nginx 'ssl http2' "$h2_port" "$h2_status"
short_nginx ssl "$h1_port" "$h1_status"
dead_haproxy
daemon_config >"$tap_work/ccnproxy.yaml"
start_daemon "$tap_work/ccnproxy.yaml"
run_tests
