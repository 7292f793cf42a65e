#!/bin/bash
# Logins that belong to a connection: real curl with NTLM, two users and a client without credentials.
# Usage: tests/e2e/ntlm_test.sh [DAEMON]
# ROUNDS=N (100): how often each of the clients comes in the tests with eight at once.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/lib/e2e.sh"
find_daemon "${1:-}"
isolate "$@"
rounds=${ROUNDS:-100}

daemon_config() {
  cat <<CONF
listeners:
  - address: 127.0.0.1:$proxy_port
admin: {address: none}
workers: 2
tls: {ca_file: $origin_dir/ca.pem}
overrides:
  - {match: h1.test, connect_to: "$origin_host:$tls_port"}
  - {match: plain.test, connect_to: "$origin_host:$plain_port"}
CONF
}

mapfile -t ports < <(free_ports 3)
proxy_port=${ports[0]} tls_port=${ports[1]} plain_port=${ports[2]}
prepare_origin "$tap_work/origin" h1.test plain.test
start_process "$tap_work/tls.log" python3 -B "$here/ntlm/origin.py" "$tls_port" \
  "$origin_dir/server.pem" "$origin_dir/server.key"
start_process "$tap_work/plain.log" python3 -B "$here/ntlm/origin.py" "$plain_port"
origin_answers() { curl -sS --max-time 2 -o /dev/null "http://127.0.0.1:$plain_port/" &&
  curl -sSk --max-time 2 -o /dev/null "https://127.0.0.1:$tls_port/"; }
await 15 origin_answers
daemon_config >"$tap_work/ccnproxy.yaml"
start_daemon "$tap_work/ccnproxy.yaml"

# ask URL OPTIONS...: prints the answers of two requests over one connection.
ask() { curl -sS --max-time 60 "${@:2}" -w ' ' "$1/1" "$1/2"; }
through_proxy() {
  local label=ccnproxy-https
  [[ $1 != plain.test ]] || label=ccnproxy
  echo "http://$1.$label.localhost:$proxy_port"
}
user() { ask "$1" --ntlm -u "$2:secret"; }
stranger() { ask "$1"; }

test_F123_each_login_is_its_own_and_a_strangers_is_none() {
  local origin url
  for origin in plain.test h1.test; do
    url=$(through_proxy "$origin")
    equal "$origin, before" 'nobody nobody ' "$(stranger "$url")"
    equal "$origin, alice" 'alice alice ' "$(user "$url" alice)"
    equal "$origin, between" 'nobody nobody ' "$(stranger "$url")"
    equal "$origin, bob" 'bob bob ' "$(user "$url" bob)"
    equal "$origin, after" 'nobody nobody ' "$(stranger "$url")"
  done
}

# As directly, where it can't work: each of a login's steps would be on a connection of its own.
test_F123_without_keep_alive_it_is_as_directly() {
  local directly=http://127.0.0.1:$plain_port
  local url; url=$(through_proxy plain.test)
  equal alice "$(user_closing "$directly" alice)" "$(user_closing "$url" alice)"
  equal stranger 'nobody nobody ' "$(ask "$url" -H 'Connection: close')"
}
user_closing() { ask "$1" --ntlm -u "$2:secret" -H 'Connection: close' 2>/dev/null || true; }

# one_of_eight NUMBER: a line for each answer, "CLIENT<tab>ANSWER".
one_of_eight() {
  local i url
  for ((i = $1; i < rounds; i += 8)); do
    url=$(through_proxy "$([[ $((i % 2)) == 0 ]] && echo plain.test || echo h1.test)")
    printf 'alice\t%s\n' "$(user "$url" alice)"
    printf 'nobody\t%s\n' "$(stranger "$url")"
    printf 'bob\t%s\n' "$(user "$url" bob)"
    printf 'alice, closing\t%s\n' "$(user_closing "$url" alice)"
    printf 'nobody\t%s\n' "$(ask "$url" -H 'Connection: close')"
  done
}

test_F123_eight_at_once_never_get_anothers_session() {
  local number pids=() answers=$tap_work/answers
  for number in {0..7}; do
    one_of_eight "$number" >"$answers.$number" &
    pids+=($!)
  done
  wait "${pids[@]}"
  local all; all=$(cat "$answers".[0-7])
  equal 'answers' "$((rounds * 5))" "$(wc -l <<<"$all")"
  # Both of a client's answers are its own, or "nobody" where it is nobody or closes in mid-login.
  equal "answers of another's session" '' "$(awk -F'\t' '
    $1 == "alice" && $2 == "alice alice " { next }
    $1 == "bob" && $2 == "bob bob " { next }
    $1 == "nobody" && $2 == "nobody nobody " { next }
    $1 == "alice, closing" && $2 == "nobody nobody " { next }
    { print }' <<<"$all")"
  echo "# $((rounds * 10)) answers, each in its own session"
}

test_daemon_lives_on() { process_alive "$daemon_pid"; }

run_tests
