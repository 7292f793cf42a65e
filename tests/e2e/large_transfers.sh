#!/bin/bash
# Transfers far larger than the daemon's memory may be: down and up, HTTP/2 and HTTP/1.1, on loopback and over
# a WAN of 100 ms. What arrives must be what was sent, and the daemon's memory (VmHWM) stays below a bound; the
# times beside curl's own on a warm connection straight to the origin, in turn with it, are told, not judged.
# Usage: tests/e2e/large_transfers.sh [--size MIB] [--rounds N] [DAEMON]      Needs root for the WAN.
# Over the WAN each is done N times (1), and the median is told with the least and the most.
set -euo pipefail
# shellcheck source=tests/e2e/lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/e2e.sh"
size=1024 rounds=1
arguments=("$@")
while [[ ${1:-} == --* ]]; do
  case $1 in
    --size) size=$2 ;;
    --rounds) rounds=$2 ;;
    *) echo "unknown: $1" >&2; exit 2 ;;
  esac
  shift 2
done
find_daemon "${1:-}"
isolate "${arguments[@]}"

max_memory_mib=64
max_time=1800
wan=$(dirname "${BASH_SOURCE[0]}")/../wan/wan.sh
wan_name=big$$

prepare_origin "$tap_work/origin" h2.test h1.test
random_file "$origin_dir/files/large" $((size << 20))
echo 'a small file' >"$origin_dir/files/small"
expected=$(hash_of "$origin_dir/files/large")

script_cleanup() { [[ ! -d /run/ccnproxy-wan-$wan_name ]] || "$wan" -n "$wan_name" down >/dev/null; }

use_loopback() {
  near=() origin_host=127.0.0.1
  mapfile -t ports < <(free_ports 4)
  proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]}
  start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
}

use_wan() {
  [[ ${E2E_ISOLATED:-} ]] || skip 'needs root and namespaces'
  [[ -d /run/ccnproxy-wan-$wan_name ]] || "$wan" -n "$wan_name" up --owner "$tap_shell" --delay-ms 50
  near=(ip netns exec "wan-a-$wan_name") origin_host=10.77.0.2
  proxy_port=3000 h2_port=443 h1_port=8443 closed_port=1
  start_origin "$origin_host:443" "$origin_host:8443" ip netns exec "wan-b-$wan_name"
}

# The transfer follows a small request on the same connection; its time goes to $tap_work/time.
# download BASE-URL [curl's options]; upload likewise.
timed_curl() {
  "${near[@]}" curl -sS --max-time "$max_time" "$@" 2>"$tap_work/times"
  tail -n 1 "$tap_work/times" >"$tap_work/time"
}
download() {
  timed_curl -w '%{stderr}%{time_total}\n' "${@:2}" -o /dev/null "$1/files/small" -o - "$1/files/large" | hash_of
}
upload() {
  timed_curl "${@:2}" -o /dev/null "$1/files/small" --next -sS --max-time "$max_time" -w '%{stderr}%{time_total}\n' "${@:2}" \
    -H Expect: -T "$origin_dir/files/large" "$1/upload" >"$tap_work/stored"
  local stored; stored=$(<"$tap_work/stored")
  hash_of "$stored"
  rm -f "$stored"
}

memory_peak_mib() { awk '/^VmHWM:/ {print int($2 / 1024)}' "/proc/$daemon_pid/status"; }

# spread SECONDS...: the median, with the least and the most of several.
spread() {
  printf '%s\n' "$@" | sort -n | awk '{t[NR] = $1}
    END {printf "%7.2f s", NR % 2 ? t[(NR + 1) / 2] : (t[NR / 2] + t[NR / 2 + 1]) / 2
         if (NR > 1) printf " (%.2f to %.2f)", t[1], t[NR]}'
}

# large PLACE ORIGIN DIRECTION
large() {
  local origin=$2.test port=h2_port times=1 round direct=() through=() peak
  [[ $2 == h2 ]] || port=h1_port
  [[ $1 != wan ]] || times=$rounds
  "use_$1"
  daemon_config >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
  for ((round = 0; round < times; round++)); do
    equal 'sha256 directly' "$expected" \
      "$("$3" "https://$origin:${!port}" --cacert "$origin_dir/ca.pem" --resolve "$origin:${!port}:$origin_host")"
    direct+=("$(<"$tap_work/time")")
    equal 'sha256 through ccnproxy' "$expected" "$("$3" "http://$origin.ccnproxy-https.localhost:$proxy_port")"
    through+=("$(<"$tap_work/time")")
  done
  peak=$(memory_peak_mib)
  printf '# %-8s %-2s %-8s %5d MiB: ccnproxy %s, directly %s, VmHWM %d MiB\n' \
    "$1" "$2" "$3" "$size" "$(spread "${through[@]}")" "$(spread "${direct[@]}")" "$peak" >>"$tap_work/report"
  ((peak < max_memory_mib)) || fail "VmHWM is $peak MiB, the bound is $max_memory_mib"
}

test_loopback_h2_download() { large loopback h2 download; }
test_loopback_h2_upload() { large loopback h2 upload; }
test_loopback_http1_download() { large loopback h1 download; }
test_loopback_http1_upload() { large loopback h1 upload; }
test_wan_h2_download() { large wan h2 download; }
test_wan_h2_upload() { large wan h2 upload; }
test_wan_http1_download() { large wan h1 download; }
test_wan_http1_upload() { large wan h1 upload; }

status=0
run_tests >"$tap_work/result" || status=$?
cat "$tap_work/report" "$tap_work/result" 2>/dev/null
((status == 0))
