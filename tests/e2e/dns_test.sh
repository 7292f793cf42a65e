#!/bin/bash
# The recipes of docs/dns.md, as they stand there: unbound, BIND 9 and dnsmasq lead applications to the daemon, for the label
# as a top-level name and below a private one; and what the page says of search domains, IPv6 and nodes that are gone.
# Needs root: its own network, its own /etc, ports 53 and 80.
# Usage: tests/e2e/dns_test.sh [DAEMON]
# shellcheck disable=SC2016  # PHP's variables, not the shell's
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"

proxy_port=80
nodes=(10.0.0.5 10.0.0.6)

# The origin's name, as the world's DNS would give it; not part of any recipe.
world_of_unbound() { printf 'server:\n  local-data: "api.example.com. 60 IN A %s"\n' "$origin_address"; }
world_of_bind() {
  printf '@ 60 IN SOA localhost. hostmaster.localhost. (1 3600 600 86400 60)\n  60 IN NS localhost.\napi 60 IN A %s\n' "$origin_address"
}

# renamed LABEL FILE...: "replace ccnproxy-https by LABEL", says the page.
renamed() { sed -i "s/ccnproxy-https/$1/g" "${@:2}"; }

# What the package's service does before it starts: the root zone's key, by which answers are validated.
trust_root() { install -D -o unbound -m 644 /usr/share/dns/root.key /var/lib/unbound/root.key; }

# run_unbound LABEL NAME: with the documented file NAME.conf.
run_unbound() {
  rm -f /etc/unbound/unbound.conf.d/{ccnproxy,readme,forward,insecure}*.conf  # of the test before
  documented "/etc/unbound/unbound.conf.d/$2.conf"
  renamed "$1" "/etc/unbound/unbound.conf.d/$2.conf"
  world_of_unbound >/etc/unbound/unbound.conf.d/world.conf
  unbound-checkconf
  start_process "$tap_work/dns.log" unbound -d
}
start_unbound() { run_unbound "$1" ccnproxy; }

start_bind() {
  documented /etc/bind/named.conf.local /etc/bind/db.ccnproxy-https /etc/bind/named.conf.options
  named-checkzone "$1" /etc/bind/db.ccnproxy-https
  renamed "$1" /etc/bind/named.conf.local /etc/bind/named.conf.options
  [[ $1 == ccnproxy-https ]] || cp /etc/bind/db.ccnproxy-https "/etc/bind/db.$1"
  echo 'zone "example.com" { type primary; file "/etc/bind/db.world"; };' >>/etc/bind/named.conf.local
  world_of_bind >/etc/bind/db.world
  mkdir -p /run/named
  chown bind: /run/named
  named-checkconf -z
  start_process "$tap_work/dns.log" named -g -u bind
}

# CoreDNS's recipe, said to BIND: the zone that its file names, from the path that it names.
start_bind_by_corefile() {
  documented /etc/coredns/Corefile /etc/bind/db.ccnproxy-https /etc/bind/named.conf.options
  local zone file
  zone=$(sed -n 's/^\([^ ]*\):53 {$/\1/p' /etc/coredns/Corefile)
  file=$(sed -n 's/^ *file \([^ ]*\)$/\1/p' /etc/coredns/Corefile)
  mv /etc/bind/db.ccnproxy-https /etc/coredns/
  named-checkzone "$zone" "$file"
  printf 'zone "%s" { type primary; file "%s"; };\nzone "example.com" { type primary; file "/etc/bind/db.world"; };\n' \
    "$zone" "$file" >/etc/bind/named.conf.local
  world_of_bind >/etc/bind/db.world
  mkdir -p /run/named
  chown bind: /run/named
  start_process "$tap_work/dns.log" named -g -u bind
}

start_dnsmasq() {
  documented /etc/dnsmasq.d/ccnproxy.conf
  renamed "$1" /etc/dnsmasq.d/ccnproxy.conf
  # A server behind it, that nobody plays: what is asked of it shows in the log.
  start_process "$tap_work/dns.log" dnsmasq --keep-in-foreground --conf-dir=/etc/dnsmasq.d --user=nobody --no-resolv \
    --pid-file= --log-queries --log-facility=- --server=127.0.0.1#9 --host-record="api.example.com,$origin_address"
}

prepare() {
  local address
  own_folders
  documented  # once for all tests
  trust_root
  for address in "$origin_address" "${nodes[@]}"; do ip addr add "$address/32" dev lo; done
  write_resolv_conf 'nameserver 127.0.0.1'
  prepare_origin "$tap_work/origin" api.example.com
  start_origin "$origin_address:443" "$origin_address:8443"
  echo 'a small file' >"$origin_dir/files/small"
  run_node "${nodes[0]}"
}

# The daemon, on one of the nodes only: on the other nobody listens.
run_node() {
  printf 'listeners: [{address: "127.0.0.1:80"}, {address: "%s:80"}]\nadmin: {address: none}\norigins: {allow_own_addresses: true}\ntls: {ca_file: %s}\nlog: {access: {to: none}}\n' \
    "$1" "$origin_dir/ca.pem" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
}

answer() { dig +tries=1 +time=5 "$@"; }
answers_of() { answer +short "$1" "$2" | sort | xargs; }
serves() { [[ $(dig +tries=1 +time=1 +short api.example.com) == "$origin_address" ]]; }

# What each recipe is for.
leads_to_the_daemon() {
  local label=$1 name nothing
  await 15 serves || { cat "$tap_work/dns.log"; return 1; }
  for name in "api.example.com.$label" "API.Example.COM.$label" "a.b.c.d.e.f.$label" "_x.$label" "x.$label"; do
    equal "A of $name" "${nodes[*]}" "$(answers_of "$name" A)"
  done
  contains TTL "^api.example.com.$label. 60 " "$(answer +noall +answer "api.example.com.$label" | tr -s '\t ' ' ')"
  # No address of that family, but not "no such name".
  nothing=$(answer "api.example.com.$label" AAAA)
  contains 'status for AAAA' 'status: NOERROR' "$nothing"
  contains 'answers for AAAA' 'ANSWER: 0' "$nothing"
  equal 'another name' "$origin_address" "$(answers_of api.example.com A)"
  equal body 'a small file' "$(curl -sS --max-time 30 "http://api.example.com.$label/files/small")"
  equal 'with a dot at the end' 'a small file' "$(curl -sS --max-time 30 "http://api.example.com.$label./files/small")"
  equal 'in PHP' 'a small file' "$(php -r 'echo file_get_contents($argv[1]);' "http://api.example.com.$label/files/small")"
}

recipe() {
  local label
  needed
  for label in ccnproxy-https ccnproxy-https.internal; do
    : >"$tap_work/dns.log"
    "$1" "$label"
    leads_to_the_daemon "$label"
    stop_process "$started"
  done
}

can_run=
if can_have_own_folders; then can_run=1; fi
needed() { [[ $can_run ]] || skip 'needs root, namespaces and overlays'; }

test_unbound() { recipe start_unbound; }
test_bind() { recipe start_bind; }
test_the_zone_of_the_corefile() {
  needed
  start_bind_by_corefile
  leads_to_the_daemon ccnproxy-https
}
test_dnsmasq() {
  recipe start_dnsmasq
  lacks 'what was asked of others' 'forwarded .*ccnproxy-https' "$(<"$tap_work/dns.log")"
}

# What unbound remembers for those who ask, it must be told by a SOA record.
test_unbound_and_bind_say_how_long_there_is_nothing() {
  needed
  local server
  for server in start_unbound start_bind; do
    "$server" ccnproxy-https
    await 15 serves
    contains "$server" 'ccnproxy-https\. 60 IN SOA' "$(answer +noall +authority api.example.com.ccnproxy-https AAAA | tr -s '\t ' ' ')"
    stop_process "$started"
  done
}

test_unbound_follows_a_name_of_consul() {
  needed
  start_process "$tap_work/consul.log" dnsmasq --keep-in-foreground --conf-file=/dev/null --user=nobody --no-resolv --port=8600 \
    --pid-file= --address=/ccnproxy.service.consul/10.0.0.5
  run_unbound ccnproxy-https ccnproxy-consul
  await 15 serves
  equal A 'ccnproxy.service.consul. 10.0.0.5' "$(answer +short api.example.com.ccnproxy-https A | xargs)"
  equal body 'a small file' "$(curl -sS --max-time 30 http://api.example.com.ccnproxy-https/files/small)"
}

test_unbound_of_the_readme() {
  needed
  run_unbound ccnproxy-https readme
  await 15 serves
  equal body 'a small file' "$(curl -sS --max-time 30 http://api.example.com.ccnproxy-https/files/small)"
}

# A resolver that validates and asks one with the recipe: the root zone's signatures deny the label, or can't be had.
test_a_validating_resolver_must_be_told() {
  needed
  local forward=/etc/unbound/unbound.conf.d/forward.conf
  rm -f /etc/unbound/unbound.conf.d/{ccnproxy,readme,forward,insecure}*.conf
  documented /etc/dnsmasq.d/ccnproxy.conf /etc/unbound/unbound.conf.d/insecure.conf
  start_process "$tap_work/upstream.log" dnsmasq --keep-in-foreground --conf-dir=/etc/dnsmasq.d --user=nobody --no-resolv \
    --pid-file= --port=5301
  printf '%s\n' 'server:' '  do-not-query-localhost: no' 'forward-zone:' '  name: "ccnproxy-https."' \
    '  forward-addr: 127.0.0.1@5301' >"$forward"
  world_of_unbound >/etc/unbound/unbound.conf.d/world.conf
  start_process "$tap_work/dns.log" unbound -d
  await 15 serves
  equal 'told' "${nodes[*]}" "$(answers_of api.example.com.ccnproxy-https A)"
  stop_process "$started"
  rm /etc/unbound/unbound.conf.d/insecure.conf
  start_process "$tap_work/dns.log" unbound -d
  await 15 serves
  contains 'not told' 'status: SERVFAIL' "$(answer api.example.com.ccnproxy-https A)"
}

test_a_record_beside_the_wildcard_hides_it() {
  needed
  start_bind ccnproxy-https
  await 15 serves
  stop_process "$started"
  echo 'api.example.com IN A 10.0.0.9' >>/etc/bind/db.ccnproxy-https
  start_process "$tap_work/dns.log" named -g -u bind
  await 15 serves
  equal 'the record' 10.0.0.9 "$(answers_of api.example.com.ccnproxy-https A)"
  contains 'its neighbour' 'status: NXDOMAIN' "$(answer other.example.com.ccnproxy-https)"
  equal 'under another top-level name' "${nodes[*]}" "$(answers_of api.example.org.ccnproxy-https A)"
  printf '%s IN A 10.0.0.5\n' '*.com' '*.example.com' >>/etc/bind/db.ccnproxy-https
  stop_process "$started"
  start_process "$tap_work/dns.log" named -g -u bind
  await 15 serves
  equal 'with the wildcard repeated' 10.0.0.5 "$(answers_of other.example.com.ccnproxy-https A)"
  equal 'and above' 10.0.0.5 "$(answers_of example.org.com.ccnproxy-https A)"
}

# questions URL: the names that a request asks for.
questions() {
  : >"$tap_work/dns.log"
  curl -sS --max-time 30 -4 -o /dev/null "$1"
  sed -n 's/.* query\[A\] \([^ ]*\) from .*/\1/p' "$tap_work/dns.log" | xargs
}

test_search_domains_come_first_below_ndots() {
  needed
  start_dnsmasq ccnproxy-https
  await 15 serves
  write_resolv_conf 'nameserver 127.0.0.1' 'search shop.svc.cluster.local cluster.local' 'options ndots:5'
  # Nobody knows these, so that the answer is a refusal, not "no such name"; the next is tried all the same.
  echo 'local=/cluster.local/' >/etc/dnsmasq.d/cluster.conf
  stop_process "$started"
  start_dnsmasq ccnproxy-https
  await 15 serves
  local name=api.example.com.ccnproxy-https
  equal 'as it is' "$name.shop.svc.cluster.local $name.cluster.local $name" "$(questions "http://$name/files/small")"
  equal 'with a dot at the end' "$name" "$(questions "http://$name./files/small")"
}

# Whichever of the two is asked first: one test with this node gone, one with that.
test_a_client_goes_to_the_other_node() {
  needed
  start_dnsmasq ccnproxy-https
  await 15 serves
  local node log='' url=http://api.example.com.ccnproxy-https/files/small
  for node in "${nodes[@]}"; do
    stop_process "$daemon_pid"
    run_node "$node"
    for _ in 1 2 3 4; do
      equal 'curl' 'a small file' "$(curl -sSv --connect-timeout 2 --max-time 30 "$url" 2>>"$tap_work/curl.log")"
      equal 'PHP' 'a small file' "$(php -r 'echo file_get_contents($argv[1]);' "$url")"
    done
  done
  log=$(<"$tap_work/curl.log")
  contains 'some began with the dead one' 'Connection refused' "$log"
  stop_process "$daemon_pid"
  run_node "${nodes[0]}"
}

script_cleanup() { release_folders; }
[[ ! $can_run ]] || prepare
run_tests
