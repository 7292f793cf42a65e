# shellcheck shell=bash
# How to get to where the daemon and its clients run; nothing where that is here.
near=()
# Where the origin is, as the daemon sees it.
origin_host=127.0.0.1

# The daemon under test: the first argument of the script, else $CCNPROXY, else the release build's.
find_daemon() {
  daemon_binary=${1:-${CCNPROXY:-$(dirname "${BASH_SOURCE[0]}")/../../../build/release/ccnproxy}}
  daemon_binary=$(realpath -m "$daemon_binary")
  export CCNPROXY=$daemon_binary
  [[ -x $daemon_binary ]] || { echo "no daemon at $daemon_binary" >&2; exit 1; }
}

daemon_config() {
  cat <<CONF
listeners:
  - address: 127.0.0.1:$proxy_port
  - address: unix:$tap_work/proxy.sock
admin: {address: none}
tls: {ca_file: $origin_dir/ca.pem}
overrides:
  - {match: h2.test, connect_to: "$origin_host:$h2_port"}
  - {match: h1.test, connect_to: "$origin_host:$h1_port"}
  - {match: wrong-name.test, connect_to: "$origin_host:$h2_port"}
  - {match: closed.test, connect_to: "$origin_host:$closed_port"}
CONF
}

# start_daemon CONFIG-FILE [COMMAND...]: the command, if any, is put before the daemon's. Its number is in
# $daemon_pid, what it writes in $daemon_log. Returns when it takes requests.
start_daemon() {
  local config=$1
  shift
  daemon_log=$tap_work/daemon.log
  start_process "$daemon_log" "${near[@]}" "$@" "$daemon_binary" serve -f "$config"
  daemon_pid=$started
  await 15 daemon_ready_or_gone
  process_alive "$daemon_pid" || { echo 'the daemon ended:'; cat "$daemon_log"; return 1; }
}

daemon_ready_or_gone() { daemon_ready || process_gone "$daemon_pid"; }
daemon_ready() { "${near[@]}" curl -fsS --max-time 2 "http://127.0.0.1:$proxy_port/hc"; }

# The usual set: an origin h2.test and h1.test, and a daemon in front of it.
start_origin_and_daemon() {
  mapfile -t ports < <(free_ports 4)
  proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]}
  prepare_origin "$tap_work/origin" h2.test h1.test
  start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
  daemon_config >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

# through ORIGIN PATH [curl's options...]: a request as an application sends it. curl takes every name under
# .localhost for loopback, so that this needs no DNS.
through() {
  "${near[@]}" curl -sS --max-time "${max_time:-120}" "${@:3}" "http://$1.ccnproxy-https.localhost:$proxy_port$2"
}

# The value of one line "name=value" of /echo's answer.
echoed() { sed -n "s/^$1=//p" <<<"$2"; }

# hash_of FILE…: one SHA-256 for what the files or stdin hold.
hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

random_file() { head -c "$2" /dev/urandom >"$1"; }

show_logs() {
  local log
  for log in "${daemon_log:-}" "${origin_dir:-}/error.log"; do
    if [[ -s $log ]]; then
      echo "--- the end of $log"
      tail -n 15 "$log"
    fi
  done
}
