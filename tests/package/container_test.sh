#!/bin/bash
# ccnproxy as packaging/Containerfile's image has it: the package and packaging/container/ccnproxy.yaml in a Debian
# without an init, run as nobody on a read-only root. Needs root, debootstrap and systemd-container.
# Usage: tests/package/container_test.sh [PACKAGE.deb]       (without one it makes one)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/tap.sh
source "$here/../e2e/lib/tap.sh"
# shellcheck source=tests/package/lib/tree.sh
source "$here/lib/tree.sh"
# shellcheck source=tests/package/lib/machine.sh
source "$here/lib/machine.sh"
# shellcheck source=tests/package/lib/package.sh
source "$here/lib/package.sh"

script_cleanup() {
  machine_init=
  stop_machine
}

find_package "${1:-}"
make_booting_tree "$package"
make_overlay
cp "$package" "$machine_root/root/"

# USER, ENTRYPOINT and CMD of the image.
of_image() { sed -n "s/^$1 //p" "$here/../../packaging/Containerfile"; }
mapfile -t command < <(python3 -c 'import json, sys; print(*(json.loads(sys.argv[1]) + json.loads(sys.argv[2])), sep="\n")' \
  "$(of_image ENTRYPOINT)" "$(of_image CMD)")

start_container() {
  local user; user=$(of_image USER)
  start_process "$tap_work/container.log" "${nspawn[@]}" --directory="$machine_root" --read-only \
    setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups --bounding-set=-all --no-new-privs "${command[@]}"
  machine=$started
  await 20 answers || { cat "$tap_work/container.log"; return 1; }
}
answers() { find_init && [[ $(in_its_network curl -sS -H 'Host: x' http://127.0.0.1:3000/hc) == OK ]]; }

test_the_package_installs_without_an_init() {
  "${nspawn[@]}" --directory="$machine_root" dpkg -i "/root/${package##*/}" >"$tap_work/dpkg.log" 2>&1 || { cat "$tap_work/dpkg.log"; return 1; }
  cp "$here/../../packaging/container/ccnproxy.yaml" "$machine_root/etc/ccnproxy/ccnproxy.yaml"
}

test_runs_as_nobody_on_a_read_only_root() {
  equal user 65534:65534 "$(of_image USER)"
  start_container
  local status; status=$(<"/proc/$machine_init/status")
  contains user '^Uid:.65534.65534' "$status"
  contains capabilities '^CapEff:.0000000000000000$' "$status"
  contains root ' / .* ro,' "$(grep ' / / ' "/proc/$machine_init/mountinfo" || cat "/proc/$machine_init/mountinfo")"
  equal admin 200 "$(in_its_network curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:3001/readyz)"
}

test_F100_a_stop_ends_it_with_0_well_within_the_grace() {
  start_container
  kill -TERM "$machine_init"
  await 20 process_gone "$machine"
  wait "$machine" || fail "it ended with $?"
  contains log 'SIGTERM: draining, for at most 60 s' "$(<"$tap_work/container.log")"
  lacks log ' (warn|error) ' "$(<"$tap_work/container.log")"
}

run_tests
