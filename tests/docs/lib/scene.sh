# shellcheck shell=bash
# The machine that README and docs speak of: the daemon listens at its usual addresses and on port 80, DNS leads the label to it by
# the recipe of docs/dns.md, and https://api.example.com is an origin in this test's own network. Needs root (isolate).
more_locations() { api_locations; }

start_dns() {
  documented /etc/dnsmasq.d/ccnproxy.conf
  sed -i '/10\.0\.0\.6/d; s/10\.0\.0\.5/127.0.0.1/' /etc/dnsmasq.d/ccnproxy.conf
  write_resolv_conf 'nameserver 127.0.0.1'
  start_process "$tap_work/dns.log" dnsmasq --keep-in-foreground --conf-dir=/etc/dnsmasq.d --user=nobody --no-resolv --pid-file= \
    --host-record="api.example.com,$origin_address" --host-record="example.com,$origin_address"
  await 15 getent ahostsv4 api.example.com
}

scene_config() {
  cat <<'CONF'
listeners:
  - address: 127.0.0.1:80
  - address: 127.0.0.1:3000
  - address: unix:/run/ccnproxy/ccnproxy.sock
pool: {warm: ["https://api.example.com"]}
origins: {allow_own_addresses: true}  # the origin is on this machine
CONF
}

start_scene() {
  own_folders
  own_commands
  ip addr add "$origin_address/32" dev lo
  ip route add 192.0.2.0/24 dev lo  # what is sent there is lost
  prepare_origin "$tap_work/origin" api.example.com example.com
  trust_origin
  start_origin "$origin_address:443" "$origin_address:8443"
  start_dns
  mkdir -p /etc/ccnproxy /run/ccnproxy /var/log/ccnproxy /var/lib/ccnproxy
  scene_config >/etc/ccnproxy/ccnproxy.yaml
  # shellcheck disable=SC2034  # for start_daemon
  proxy_port=80
  start_daemon /etc/ccnproxy/ccnproxy.yaml
}

why_no_scene=
can_have_own_folders || why_no_scene='needs root, namespaces and overlays'
scene_needed() { [[ ! $why_no_scene ]] || skip "$why_no_scene"; }
