#!/bin/bash
# From a fresh Debian 13 or 12 to a running ccnproxy, and what it does to the time of a request.
# Usage: packaging/quickstart.sh [--once] [--loss PERCENT]
# Installs what is missing, builds, starts a demonstration origin (HTTPS, HTTP/2) that is 100 ms away, runs the
# daemon with its defaults, shows the same request directly and through the daemon, and leaves the daemon
# running until Ctrl-C. --once ends after the table. --loss: the way to the origin loses so many of a hundred packets,
# and parallel uploads are shown, too. Everything started here is stopped again at the end.
# Environment: CCNPROXY (a built daemon, instead of building), PORT (of the daemon, 3000).
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/e2e/lib/certificates.sh
source "$top/tests/e2e/lib/certificates.sh"

usage() { sed -n '3,8s/^# //p' "$0" >&2; exit 2; }
once=
loss=
while (($#)); do
  case $1 in
    --once) once=1 ;;
    --loss) [[ ${2:-} =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage; loss=$2; shift ;;
    *) usage ;;
  esac
  shift
done

port=${PORT:-3000}
default_admin_port=3001
one_way_ms=50
link=quick$$
# An address block for measurements (RFC 2544), so that it meets no network of yours.
net=198.18.77
wan=$top/tests/wan/wan.sh
direct_runs=5
later_runs=9
uploads=8
work=$(mktemp -d "${TMPDIR:-/tmp}/ccnproxy-quickstart.XXXXXX")
chmod 755 "$work"  # nginx's workers are not root

say() { printf '\n== %s\n' "$*"; }
fail() { echo "quickstart: $*" >&2; exit 1; }
as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

# logged NAME COMMAND...: runs it with its output in a file; shows its end if it fails.
logged() {
  "${@:2}" >>"$work/$1.log" 2>&1 </dev/null && return
  tail -n 40 "$work/$1.log" >&2
  fail "this failed: ${*:2}"
}

# Number by number what we started, last first, each with the rights it was started with.
started=()
stop_all() {
  trap - EXIT INT TERM HUP
  local index
  for ((index = ${#started[@]} - 1; index >= 0; index--)); do ${started[index]} 2>/dev/null || true; done
  rm -rf "$work" 2>/dev/null || as_root rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 0' INT
trap 'exit 143' TERM HUP

await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS <= deadline)) || return 1
    read -rt 0.05 <> <(:) || true
  done
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
next_free_port() {
  local candidate=$1
  while port_is_taken "$candidate"; do candidate=$((candidate + 1)); done
  echo "$candidate"
}

build() {
  say 'Building (a few minutes the first time)'
  logged build cmake -S "$top/tests/wan" -B "$top/build/wan" -G Ninja
  logged build cmake --build "$top/build/wan" --target wanlink delay_relay
  daemon=${CCNPROXY:-$top/build/release/ccnproxy}
  [[ ! ${CCNPROXY:-} ]] || return 0
  # GoogleTest need not be there, and the compiler may be one that warns of more than ours.
  logged build cmake -S "$top" --preset release -DBUILD_TESTING=OFF -DCCNPROXY_WERROR=OFF
  logged build cmake --build "$top/build/release" --target ccnproxy
  "$daemon" --version
}

origin_config() {
  local address=$1
  cat <<CONF
worker_processes 1;
daemon off;
pid $work/origin.pid;
error_log $work/origin.log warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path $work/temp;
  proxy_temp_path $work/temp;
  fastcgi_temp_path $work/temp;
  scgi_temp_path $work/temp;
  uwsgi_temp_path $work/temp;
  keepalive_timeout 3600s;
  ssl_protocols TLSv1.3;
  ssl_certificate $work/server.pem;
  ssl_certificate_key $work/server.key;
  server {
    listen $address ssl http2;
    location /upload {
      client_max_body_size 0;
      client_body_buffer_size 2m;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_pass http://unix:$work/stored.sock;
    }
    location / {
      default_type text/plain;
      return 200 "Hello from demo.test over \$server_protocol, on connection \$connection, its request \$connection_requests.\n";
    }
  }
  server {
    listen unix:$work/stored.sock;
    return 200 "stored\n";
  }
}
CONF
}

origin_is_up() { [[ -s $work/origin.pid ]]; }
stop_origin() { kill "$(<"$work/origin.pid")" || as_root kill "$(<"$work/origin.pid")"; }

# start_origin ADDRESS:PORT [COMMAND...]
start_origin() {
  origin_config "$1" >"$work/nginx.conf"
  "${@:2}" nginx -c "$work/nginx.conf" -p "$work" -e "$work/origin.log" >>"$work/nginx.log" 2>&1 </dev/null &
  await 10 origin_is_up || { cat "$work/nginx.log" "$work/origin.log" >&2; fail 'the demonstration origin does not start'; }
  started+=(stop_origin)
}

bring_link_down() { as_root "$wan" -n "$link" down >/dev/null; }
# One end of the link is our own namespace, so that the daemon and your curl run where they always do.
bring_link_up() {
  as_root true 2>/dev/null || return 1
  as_root env WAN_NET=$net WAN_CC='' WANLINK="$top/build/wan/wanlink" "$wan" -n "$link" up --owner $$ \
    --ns-a '' --dev-a "ccn$$" --delay-ms $one_way_ms ${loss:+--loss-pct "$loss"} >"$work/link.log" 2>&1 || return 1
  started+=(bring_link_down)
}

stop_relay() { kill "$relay_pid"; }
start_relay() {
  setpriv --pdeathsig TERM "$top/build/wan/delay_relay" $one_way_ms "$1" >"$work/relay.port" 2>>"$work/relay.log" </dev/null &
  relay_pid=$!
  started+=(stop_relay)
  await 10 test -s "$work/relay.port" || fail 'the relay does not start'
}

start_distant_origin() {
  make_certificates "$work" demo.test
  mkdir -p "$work/temp"
  if bring_link_up; then
    say "The origin: nginx with HTTP/2 in a network namespace, $((2 * one_way_ms)) ms away${loss:+; $loss % of the packets are lost}"
    start_origin $net.2:443 as_root ip netns exec "wan-b-$link"
    origin=$net.2:443
    return
  fi
  [[ ! $loss ]] || fail "--loss needs namespaces and TUN devices: $(tail -n 1 "$work/link.log")"
  say "The origin: nginx with HTTP/2 behind a relay that delays bytes, $((2 * one_way_ms)) ms away"
  tail -n 1 "$work/link.log" 2>/dev/null || true
  echo 'Namespaces and TUN devices can not be made here, so this is a lesser imitation: the kernel takes TCP'
  echo 'connections at once, the column TCP shows no distance. On a real link you save that round trip too.'
  local behind; behind=$(next_free_port 18443)
  start_origin "127.0.0.1:$behind"
  start_relay "$behind"
  origin=127.0.0.1:$(<"$work/relay.port")
}

daemon_is_up() { curl -fsS --max-time 2 "http://127.0.0.1:$port/hc"; }
daemon_is_up_or_gone() { daemon_is_up || ! kill -0 "$daemon_pid"; }
stop_daemon() { kill "$daemon_pid" && { await 5 daemon_is_gone || kill -KILL "$daemon_pid"; }; }
daemon_is_gone() { ! kill -0 "$daemon_pid"; }

start_daemon() {
  if port_is_taken "$port"; then
    local wanted=$port
    port=$(next_free_port $((port + 10)))
    echo "Port $wanted is taken, so the daemon listens on $port."
  fi
  admin_port=$default_admin_port
  if ((admin_port == port)) || port_is_taken "$admin_port"; then admin_port=$(next_free_port $((port + 1))); fi
  {
    echo "tls: {ca_file: $work/ca.pem}"
    echo "overrides: [{match: demo.test, connect_to: \"$origin\"}]"
    [[ $port == 3000 ]] || echo "listeners: [{address: \"127.0.0.1:$port\"}]"
    [[ $admin_port == "$default_admin_port" ]] || echo "admin: {address: \"127.0.0.1:$admin_port\"}"
  } >"$work/ccnproxy.yaml"
  say 'The daemon: its defaults, and the little that the demonstration adds'
  cat "$work/ccnproxy.yaml"
  setpriv --pdeathsig TERM "$daemon" serve -f "$work/ccnproxy.yaml" >"$work/daemon.log" 2>&1 </dev/null &
  daemon_pid=$!
  started+=(stop_daemon)
  await 15 daemon_is_up_or_gone || true
  daemon_is_up >/dev/null || { cat "$work/daemon.log" >&2; fail 'the daemon does not start'; }
}

# One line of a request's times in seconds since its start: DNS TCP TLS first-byte total.
timed() {
  curl -sS --max-time 30 -o "$work/answer" "$@" \
    -w '%{time_namelookup} %{time_connect} %{time_appconnect} %{time_starttransfer} %{time_total}\n'
}
timed_directly() { timed --cacert "$work/ca.pem" --connect-to "demo.test:443:$origin" https://demo.test/; }
timed_through() { timed "http://demo.test.ccnproxy-https.localhost:$port/"; }
repeat() { local index; for ((index = 0; index < $1; index++)); do "$2"; done; }

# Column by column the median of the lines, then what each step took rather than when it ended.
medians() {
  awk '{ for (i = 1; i <= NF; i++) value[i, NR] = $i; columns = NF }
    function median(column,  i, j, kept) {
      for (i = 2; i <= NR; i++)
        for (j = i; j > 1 && value[column, j - 1] > value[column, j]; j--) {
          kept = value[column, j]; value[column, j] = value[column, j - 1]; value[column, j - 1] = kept
        }
      return value[column, int((NR + 1) / 2)]
    }
    END { for (i = 1; i <= columns; i++) printf "%s ", median(i) }'
}
row() {
  local label=$1
  medians | awk -v label="$label" '{
    tls = $3 > 0 ? $3 - $2 : 0
    printf "%-34s %8.1f %8.1f %8.1f %11.1f %8.1f\n", label, $1 * 1000, ($2 - $1) * 1000, tls * 1000, $4 * 1000, $5 * 1000 }'
}

show_table() {
  say 'The same request, in milliseconds (medians; DNS, TCP and TLS each by itself, first byte and total since the start)'
  printf '%-34s %8s %8s %8s %11s %8s\n' '' DNS TCP TLS 'first byte' total
  repeat $direct_runs timed_directly | row "directly, each of $direct_runs requests"
  repeat 1 timed_through | row 'through ccnproxy, the first'
  repeat $later_runs timed_through | row "through ccnproxy, $later_runs later ones"
  echo
  echo "The last answer: $(<"$work/answer")"
}

upload() { timed --http1.1 -T "$work/image" -H Expect: "$@" >/dev/null; }
upload_directly() { upload --cacert "$work/ca.pem" --connect-to "demo.test:443:$origin" https://demo.test/upload; }
upload_through() { upload "http://demo.test.ccnproxy-https.localhost:$port/upload"; }

# at_once COMMAND: so many times in parallel; seconds until the last has ended, and what that makes of the line.
at_once() {
  local begin=$EPOCHREALTIME index running=()
  for ((index = 0; index < uploads; index++)); do
    "$1" &
    running+=($!)
  done
  wait "${running[@]}"
  awk -v begin="$begin" -v end="$EPOCHREALTIME" -v mebibytes="$uploads" \
    'BEGIN { took = end - begin; printf "%8.2f s, %.1f Mbit/s in all\n", took, mebibytes * 8.388608 / took }'
}

show_uploads() {
  say "$uploads uploads of 1 MiB at once, until the last has ended"
  head -c 1048576 /dev/urandom >"$work/image"
  printf '%-34s %s\n' "directly, a connection each" "$(at_once upload_directly)" \
    'through ccnproxy' "$(at_once upload_through)" 'through ccnproxy, again' "$(at_once upload_through)"
}

stay() {
  say 'The daemon runs on until Ctrl-C. Try, in another terminal:'
  echo "curl http://demo.test.ccnproxy-https.localhost:$port/"
  printf '%s\n' "curl -w '%{time_total} s\n' http://demo.test.ccnproxy-https.localhost:$port/any/path?and=query"
  echo "curl http://127.0.0.1:$admin_port/pools"
  wait "$daemon_pid" || fail "the daemon ended: $(tail -n 5 "$work/daemon.log")"
}

say 'Installing what is missing'
"$top/packaging/install_dependencies.sh" build demo
build
start_distant_origin
start_daemon
show_table
[[ ! $loss ]] || show_uploads
[[ $once ]] || stay
