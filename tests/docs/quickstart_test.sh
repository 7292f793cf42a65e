#!/bin/bash
# The README's first command, on a free port and with the daemon under test: it shows its table and leaves nothing behind.
# Needs root, for the link that is 100 ms long.
# Usage: tests/docs/quickstart_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
find_daemon "${1:-}"

test_quickstart_once() {
  ((EUID == 0)) || skip 'needs root'
  local said before after
  before=$(ip netns list | sort)
  said=$(CCNPROXY=$daemon_binary PORT=$(free_ports 1) timeout 300 "$here/../../packaging/quickstart.sh" --once 2>&1) || fail "$said"
  contains table '^directly, each of 5 requests( +[0-9.]+){5}$' "$said"
  contains table '^through ccnproxy, 9 later ones( +[0-9.]+){5}$' "$said"
  contains answer 'Hello from demo.test over HTTP/2.0' "$said"
  after=$(ip netns list | sort)
  equal 'namespaces that are left' "$before" "$after"
}

test_quickstart_over_a_path_that_loses_packets() {
  ((EUID == 0)) || skip 'needs root'
  local said
  said=$(CCNPROXY=$daemon_binary PORT=$(free_ports 1) timeout 300 "$here/../../packaging/quickstart.sh" --once --loss 1 2>&1) || fail "$said"
  contains table '^through ccnproxy, 9 later ones( +[0-9.]+){5}$' "$said"
  contains uploads '^directly, a connection each +[0-9.]+ s, [0-9.]+ Mbit/s in all$' "$said"
  contains uploads '^through ccnproxy, again +[0-9.]+ s, [0-9.]+ Mbit/s in all$' "$said"
  if CCNPROXY=$daemon_binary "$here/../../packaging/quickstart.sh" --loss much >"$tap_work/usage" 2>&1; then fail 'no share of packets'; fi
  contains usage 'Usage: ' "$(<"$tap_work/usage")"
}

run_tests
