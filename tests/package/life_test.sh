#!/bin/bash
# The life of the Debian package in a booted Debian: install, start, serve, reload, crash, hang, upgrade under load,
# stop, purge. Needs root, debootstrap and systemd-container. Usage: tests/package/life_test.sh [PACKAGE.deb]
# Without a package it makes one (packaging/build_package.sh). Environment: RELEASE (12, 13), for a package that was built on
# another release than this machine's. The tests build on each other; ONLY= is of little use.
# What was measured is in build/package-test/figures.txt afterwards.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
# shellcheck source=tests/e2e/lib/certificates.sh
source "$here/../e2e/lib/certificates.sh"
# shellcheck source=tests/package/lib/tree.sh
source "$here/lib/tree.sh"
# shellcheck source=tests/package/lib/machine.sh
source "$here/lib/machine.sh"
# shellcheck source=tests/package/lib/package.sh
source "$here/lib/package.sh"

script_cleanup() { stop_machine; }
show_logs() { in_machine journalctl -q --no-pager -u ccnproxy.service -u ccnproxy.socket | grep -v '"time":' | tail -n 15; }

find_package "${1:-}"
make_booting_tree "$package"
boot_machine

host=hello.test.ccnproxy-https
main_pid() { in_machine systemctl show -P MainPID ccnproxy.service; }
property() { in_machine systemctl show -P "$1" ccnproxy.service; }
service_is() { [[ $(in_machine systemctl is-active "ccnproxy.$2") == "$1" ]]; }
request() { in_its_network curl -sS --max-time 60 -H "Host: $host" http://127.0.0.1:3000/hello; }
serves() { [[ $(request) == 'hello from the origin' ]]; }
install_package() { in_machine env DEBIAN_FRONTEND=noninteractive dpkg -i "/root/${1##*/}"; }

# Every file of the machine but those that systemd, dpkg and nginx write for themselves.
list_files() {
  (cd "$machine_root" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./tmp \
    -o -path ./var/tmp -o -path ./var/log/journal -o -path ./var/cache -o -path ./root -o -path ./var/lib/nginx \) -prune -o -print) |
    grep -vE '^\./var/(lib|log|cache)/private$|^\./var/lib/systemd/(random-seed|timers.*|timesync.*)$|^\./var/lib/dpkg/.*-(old|new)$|^\./var/log/(dpkg|alternatives)\.log$|^\./etc/\.pwd\.lock$' | sort
}

# An HTTPS origin in the machine, and what an administrator would write for it.
prepare_origin_in_machine() {
  local folder=$machine_root/srv/origin
  mkdir -p "$folder/files"
  echo 'hello from the origin' >"$folder/files/hello"
  head -c 3000000 /dev/urandom >"$folder/files/large"
  make_certificates "$folder" hello.test
  cat >"$folder/nginx.conf" <<'CONF'
pid /srv/origin/pid;
error_log /srv/origin/error.log warn;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:8443 ssl http2;
    ssl_certificate /srv/origin/server.pem;
    ssl_certificate_key /srv/origin/server.key;
    location / { root /srv/origin/files; }
    location /slow/ { alias /srv/origin/files/; limit_rate 1m; }
  }
}
CONF
  in_machine nginx -c /srv/origin/nginx.conf
  cp "$folder/ca.pem" "$machine_root/etc/ccnproxy/ca.pem"
  sed -i 's|^overrides: \[\]|overrides: [{match: hello.test, connect_to: "127.0.0.1:8443", tls: {ca_file: /etc/ccnproxy/ca.pem}}]|' \
    "$machine_root/etc/ccnproxy/ccnproxy.yaml"
}

figures=$top/build/package-test/figures.txt
mkdir -p "${figures%/*}"
: >"$figures"
cp "$package" "$machine_root/root/"
list_files >"$tap_work/before"

test_is_installed_and_ready() {
  install_package "$package"
  service_is active service || fail 'the service does not run'
  service_is active socket || fail 'the socket is not there'
  equal 'enabled' 'enabled enabled' "$(in_machine systemctl is-enabled ccnproxy.service ccnproxy.socket | xargs)"
  equal 'health' OK "$(in_its_network curl -sS -H 'Host: x' http://127.0.0.1:3000/hc)"
  equal 'dpkg' '' "$(in_machine dpkg --verify ccnproxy)"
}

test_its_kernel_settings_hold() {
  equal 'who applies them' active "$(in_machine systemctl is-active systemd-sysctl.service)"
  equal slow_start 0 "$(in_its_network cat /proc/sys/net/ipv4/tcp_slow_start_after_idle)"
  equal ports '16384 65535' "$(in_its_network cat /proc/sys/net/ipv4/ip_local_port_range | xargs)"
}

test_its_configuration_is_good_and_finds_the_mistakes_in_it() {
  contains check ok "$(in_machine ccnproxy check -f /etc/ccnproxy/ccnproxy.yaml)"
  contains 'check without -f' 'using /etc/ccnproxy/ccnproxy.yaml' "$(in_machine sh -c 'ccnproxy check 2>&1')"
}

test_serves_a_request_to_an_https_origin() {
  prepare_origin_in_machine
  in_machine systemctl restart ccnproxy.service
  equal body 'hello from the origin' "$(request)"
}

least() { (($1 < $2)) && echo "$1" || echo "$2"; }

test_runs_without_rights() {
  local status; status=$(in_machine cat "/proc/$(main_pid)/status")
  equal capabilities '0000000000000400' "$(sed -n 's/^CapEff:\t//p' <<<"$status")"
  equal bounds '0000000000000400' "$(sed -n 's/^CapBnd:\t//p' <<<"$status")"
  contains privileges '^NoNewPrivs:.1$' "$status"
  contains filter '^Seccomp:.2$' "$status"
  lacks user '^Uid:.0' "$status"
contains descriptors "^Max open files +$(least 262144 "$(ulimit -Hn)") " "$(in_machine cat "/proc/$(main_pid)/limits")"
}

test_says_how_it_is() {
  contains status '^serving' "$(property StatusText)"
}

test_uses_the_socket_of_systemd() {
  contains log '127.0.0.1:3000 was open before' "$(in_machine journalctl -q --no-pager -u ccnproxy.service)"
}

test_remembers_its_origins_over_a_restart() {
  in_machine systemctl restart ccnproxy.service
  contains state 'hello.test' "$(cat "$machine_root/var/lib/private/ccnproxy/state.yaml")"
}

its_journal() { in_machine journalctl -q --no-pager -u ccnproxy.service "$@"; }
mistake='/etc/ccnproxy/ccnproxy.yaml:[0-9]+:1: unknown key .wrokers.'
# With what a minimal system has, in the sandbox of the service.
test_reload_keeps_the_process_and_is_in_force_when_it_ends() {
  local before; before=$(main_pid)
  if in_machine sh -c 'test -e /bin/kill'; then fail 'procps is there'; fi
  in_machine cp /etc/ccnproxy/ccnproxy.yaml /root/good.yaml
  in_machine sed -i 's/^  max_age: .*/  max_age: 17m/' /etc/ccnproxy/ccnproxy.yaml
  in_machine systemctl reload ccnproxy.service
  contains 'in force' '^  max_age: 17m$' "$(in_its_network curl -sS http://127.0.0.1:3001/config)"
  contains 'its log' "in force: process $before goes by" "$(its_journal)"
  in_machine cp /root/good.yaml /etc/ccnproxy/ccnproxy.yaml
  contains command "in force: process $before" "$(in_machine ccnproxy reload 2>/dev/null)"
  equal process "$before" "$(main_pid)"
  service_is active service || fail 'it is not active any more'
  await 10 serves
}

test_F102_a_reload_that_changes_nothing_fails_and_says_why() {
  local before; before=$(main_pid)
  in_machine sh -c 'echo "wrokers: 2" >>/etc/ccnproxy/ccnproxy.yaml'
  if in_machine systemctl reload ccnproxy.service 2>/dev/null; then fail 'systemctl says that all is well'; fi
  contains log "$mistake" "$(its_journal -p warning)"
  [[ $(its_journal -p warning) != *'Z info '* ]] || fail 'information has the priority of a warning'
  await 10 reload_is_known_as 0
  if in_machine ccnproxy reload 2>"$tap_work/said"; then fail 'the command says that all is well'; fi
  contains said "$mistake" "$(<"$tap_work/said")"
  equal process "$before" "$(main_pid)"
  service_is active service || fail 'it is not active any more'
  in_machine cp /root/good.yaml /etc/ccnproxy/ccnproxy.yaml
  in_machine systemctl reload ccnproxy.service
  await 10 reload_is_known_as 1
}
reload_is_known_as() {
  in_its_network curl -sS http://127.0.0.1:3001/metrics | grep -qx "ccnproxy_config_last_reload_successful $1"
}

test_a_kill_9_is_followed_by_a_start() {
  local before; before=$(main_pid)
  in_machine sh -c "kill -KILL $before"
  # The socket holds who comes meanwhile: the first request is answered, not refused.
  equal body 'hello from the origin' "$(request)"
  [[ $(main_pid) != "$before" ]] || fail 'the same process'
}

was_killed_by_watchdog() { in_machine journalctl -q --no-pager -u ccnproxy.service | grep -q 'Watchdog timeout'; }

test_a_process_that_hangs_is_started_anew() {
  in_machine mkdir -p /run/systemd/system/ccnproxy.service.d
  printf '[Service]\nWatchdogSec=2s\n' >"$tap_work/short.conf"
  in_machine sh -c 'cat >/run/systemd/system/ccnproxy.service.d/short.conf' <"$tap_work/short.conf"
  in_machine systemctl daemon-reload
  in_machine systemctl restart ccnproxy.service
  local before; before=$(main_pid)
  in_machine sh -c "kill -STOP $before"
  await 20 was_killed_by_watchdog
  await 20 serves
  [[ $(main_pid) != "$before" ]] || fail 'the same process'
  in_machine rm -r /run/systemd/system/ccnproxy.service.d
  in_machine systemctl daemon-reload
  in_machine systemctl restart ccnproxy.service
}

# A command of docs/operations.md as it stands there: page_line BEGINNING.
page_line() { grep -m1 -- "^    $1" "$here/../../docs/operations.md" | sed 's/^ *//; s/ *#.*//'; }

test_can_be_looked_at_as_documented() {
  request >/dev/null
  contains 'what it does' 'Status: "serving' "$(in_machine sh -c "$(page_line 'systemctl status')")"
  contains 'its pools' 'https://hello\.test' "$(in_machine sh -c "$(page_line 'ccnproxy status')")"
  in_machine sh -c "$(page_line 'ccnproxy check')"
  # It follows the journal until it is stopped: not in the machine's own numbers of processes, so that it can be.
  start_process "$tap_work/followed" nsenter -t "$machine_init" -m -u -i -n -r -w -- sh -c "exec $(page_line journalctl)"
  request >/dev/null
  await 10 grep -q '"target":"/hello"' "$tap_work/followed"
}

# For `systemctl edit`: an editor that writes what the page's comment has, and the terminal that it wants. The file is the
# editor's last argument: from systemd 254 on there is a line's number (+4) before it.
edit_socket() {
  {
    echo '#!/bin/sh'
    printf "for file; do :; done\ncat >\"\$file\" <<'UNIT'\n%s\nUNIT\n" "$(grep -m1 '^    systemctl edit' "$here/../../docs/operations.md" | sed 's/.*# //; s| / |\n|g')"
  } >"$machine_root/root/editor"
  in_machine chmod 755 /root/editor
  in_machine env SYSTEMD_EDITOR=/root/editor script -qec "$(page_line 'systemctl edit')" /dev/null
}

test_the_socket_can_be_given_another_address_as_documented() {
  in_machine ip addr add 10.0.0.5/32 dev lo
  in_machine cp /etc/ccnproxy/ccnproxy.yaml /root/good.yaml
  edit_socket
  in_machine sed -i 's/^  - address: 127.0.0.1:3000/  - address: 10.0.0.5:3000/' /etc/ccnproxy/ccnproxy.yaml
  in_machine sh -c "$(page_line 'systemctl stop ccnproxy.service &&')"
  equal there 'hello from the origin' "$(in_its_network curl -sS --max-time 60 -H "Host: $host" http://10.0.0.5:3000/hello)"
  contains log '10.0.0.5:3000 was open before' "$(in_machine journalctl -q --no-pager -u ccnproxy.service)"
  if request 2>/dev/null; then fail 'the old address is still served'; fi
  in_machine systemctl revert ccnproxy.socket
  in_machine cp /root/good.yaml /etc/ccnproxy/ccnproxy.yaml
  in_machine sh -c "$(page_line 'systemctl stop ccnproxy.service &&')"
  await 10 serves
}

test_works_without_the_socket() {
  in_machine systemctl stop ccnproxy.socket ccnproxy.service
  in_machine systemctl start ccnproxy.service
  equal body 'hello from the origin' "$(request)"
  service_is inactive socket || fail 'the socket came back'
}

test_is_started_by_the_socket() {
  in_machine systemctl stop ccnproxy.service
  in_machine systemctl start ccnproxy.socket
  service_is inactive service || fail 'the service runs already'
  equal body 'hello from the origin' "$(request)"
  # A request is served as soon as it listens, and it is active when its warm origins are ready.
  await 10 service_is active service || fail 'the service does not run'
}

test_a_mistake_in_the_configuration_fails_the_unit_and_shows() {
  in_machine systemctl stop ccnproxy.socket ccnproxy.service
  in_machine cp /etc/ccnproxy/ccnproxy.yaml /root/good.yaml
  in_machine sh -c 'echo "wrokers: 2" >>/etc/ccnproxy/ccnproxy.yaml'
  if in_machine systemctl start ccnproxy.service 2>/dev/null; then fail 'it started'; fi
  equal result exit-code "$(property Result)"
  equal restarts 0 "$(property NRestarts)"
  contains log 'ccnproxy.yaml:[0-9]+:[0-9]+: .*workers' "$(in_machine journalctl -q --no-pager -n 20 -u ccnproxy.service)"
  in_machine cp /root/good.yaml /etc/ccnproxy/ccnproxy.yaml
  in_machine systemctl start ccnproxy.socket ccnproxy.service
  await 10 serves
}

test_a_socket_that_no_listener_knows_is_an_error_and_says_so() {
  in_machine systemctl stop ccnproxy.socket ccnproxy.service
  in_machine sed -i 's/^  - address: 127.0.0.1:3000/  - address: 127.0.0.1:3080/' /etc/ccnproxy/ccnproxy.yaml
  in_machine systemctl start ccnproxy.socket
  if in_machine systemctl start ccnproxy.service 2>/dev/null; then fail 'it started'; fi
  contains log '127.0.0.1:3000 \(ccnproxy.socket\)' "$(in_machine journalctl -q --no-pager -n 20 -u ccnproxy.service)"
  in_machine systemctl stop ccnproxy.socket
  in_machine cp /root/good.yaml /etc/ccnproxy/ccnproxy.yaml
  in_machine systemctl start ccnproxy.socket ccnproxy.service
  await 10 serves
}

seconds_of_load() { (($(wc -l <"$tap_work/progress") >= $1)); }

# under_load COMMAND...: while 200 requests a second go through, two seconds before and after.
under_load() {
  rm -f "$tap_work/stop"
  in_its_network "$here/load.py" 3000 "$host" 200 "$tap_work/stop" >"$tap_work/load" 2>"$tap_work/progress" &
  local load=$! report
  await 30 seconds_of_load 2
  "$@"
  await 60 seconds_of_load $(($(wc -l <"$tap_work/progress") + 3))
  touch "$tap_work/stop"
  wait "$load"
  report=$(<"$tap_work/load")
  echo "${FUNCNAME[1]#test_}: $report" >>"$figures"
  contains "requests during $1" '"failed": 0,' "$report"
}

test_an_upgrade_under_load_loses_no_request() {
  local before next=$tap_work/next.deb; before=$(main_pid)
  raise_version "$package" "$next"
  cp "$next" "$machine_root/root/"
  under_load install_package "$next"
  equal version "$(dpkg-deb -f "$next" Version)" "$(in_machine dpkg -s ccnproxy | sed -n 's/^Version: //p')"
  [[ $(main_pid) != "$before" ]] || fail 'the old process still runs'
  contains 'the changed configuration' hello.test "$(cat "$machine_root/etc/ccnproxy/ccnproxy.yaml")"
}

reload_10_times() { for _ in {1..10}; do in_machine systemctl reload ccnproxy.service; done; }
test_ten_reloads_under_load_lose_no_request() { under_load reload_10_times; }

restart_10_times() { for _ in {1..10}; do in_machine systemctl restart ccnproxy.service; done; }
test_ten_restarts_under_load_lose_no_request() { under_load restart_10_times; }

# SIGUSR2: the process takes another one's place, and systemd is told which is the main one now.
main_is_other_than() {
  local now; now=$(main_pid)
  ((now > 0 && now != $1))
}
has_ended() { in_machine test ! -e "/proc/$1"; }
hot_restart() {
  local before; before=$(main_pid)
  in_machine systemctl kill --kill-whom=main -s USR2 ccnproxy.service
  await 30 main_is_other_than "$before"
  await 30 has_ended "$before"
}
test_a_hot_restart_under_load_loses_no_request() {
  under_load hot_restart
  service_is active service || fail 'it does not run'
  equal 'restarts by systemd' 0 "$(property NRestarts)"
  in_machine systemctl restart ccnproxy.service
  await 10 serves
}

test_a_stop_lets_a_transfer_end() {
  in_its_network curl -sS --max-time 60 -o "$tap_work/large" -H "Host: $host" http://127.0.0.1:3000/slow/large &
  local download=$!
  await 10 test -s "$tap_work/large"
  in_machine systemctl stop ccnproxy.socket ccnproxy.service
  wait "$download"
  cmp "$tap_work/large" "$machine_root/srv/origin/files/large"
  equal result success "$(property Result)"
  if request 2>/dev/null; then fail 'it still answers'; fi
}

# From the start of the process to READY, with one origin to make ready.
test_start_time() {
  in_machine systemctl start ccnproxy.socket ccnproxy.service
  local begin end; begin=$(property ExecMainStartTimestampMonotonic) end=$(property ActiveEnterTimestampMonotonic)
  ((end > begin)) || fail "READY at $end, started at $begin"
  echo "from exec to READY, one origin warm: $(((end - begin) / 1000)) ms" >>"$figures"
}

test_removed_and_installed_again_it_serves() {
  in_machine dpkg -r ccnproxy
  [[ -e $machine_root/etc/ccnproxy/ccnproxy.yaml ]] || fail 'the configuration is gone'
  if request 2>/dev/null; then fail 'it still answers'; fi
  install_package "$package"
  await 10 serves
}

# Before 0.2 the units were in /lib/systemd/system, which is the same folder by another name.
test_an_upgrade_from_0_1_keeps_its_units() {
  local older=$tap_work/older.deb unit
  lower_version "$package" "$older"
  cp "$older" "$machine_root/root/"
  install_package "$older"
  equal version 0.1.0 "$(in_machine dpkg -s ccnproxy | sed -n 's/^Version: //p')"
  install_package "$package"
  for unit in service socket; do
    [[ -f $machine_root/usr/lib/systemd/system/ccnproxy.$unit ]] || fail "ccnproxy.$unit is gone"
    equal "$unit" enabled "$(in_machine systemctl is-enabled "ccnproxy.$unit")"
  done
  equal 'dpkg' '' "$(in_machine dpkg --verify ccnproxy | grep -v ' c /etc/ccnproxy/ccnproxy.yaml$' || true)"
  await 10 serves
}

test_purge_leaves_nothing() {
  in_machine rm /etc/ccnproxy/ca.pem  # the administrator's
  in_machine nginx -c /srv/origin/nginx.conf -s stop
  in_machine dpkg -P ccnproxy
  rm -r "$machine_root/srv/origin"
  list_files >"$tap_work/after"
  diff "$tap_work/before" "$tap_work/after"
  equal 'in /run' '' "$(in_machine find /run -name '*ccnproxy*')"
  equal units '' "$(in_machine systemctl list-units --all --no-legend 'ccnproxy*')"
  equal users '' "$(in_machine getent passwd ccnproxy || true)"
}

run_tests
