#!/bin/bash
# What README.md and docs/**/*.md name is there: links and headings, files, keys of the configuration, flags, metrics, keys of
# the access log.
# Usage: tests/docs/names_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../..")
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
find_daemon "${1:-}"

names() { python3 -B "$here/names.py" "$@"; }

test_links_lead_somewhere() { names links; }
test_files_are_there() { names files; }
test_keys_are_there() { names keys; }
test_tests_of_bounds_are_there() { names tests; }

test_the_reference_of_keys_is_what_the_program_says() { python3 -B "$here/reference.py" check "$daemon_binary"; }

test_errors_are_explained_in_the_words_of_the_sources() { names errors; }

test_words_and_lines_are_as_agreed() { names style; }

test_what_a_fleet_reckons_with_was_measured() { names figures; }

test_flags_are_there() {
  names flags "$tap_work"/help/*
}

ask_for_help() {
  local command
  mkdir "$tap_work/help"
  for command in serve check map probe status reload; do "$daemon_binary" "$command" --help >"$tap_work/help/$command"; done
  "$daemon_binary" --help >"$tap_work/help/ccnproxy"
}

# A daemon that has had a request of each outcome, so that everything is exported and logged.
prepare() {
  mapfile -t ports < <(free_ports 5)
  proxy_port=${ports[0]} h2_port=${ports[1]} h1_port=${ports[2]} closed_port=${ports[3]} admin=http://127.0.0.1:${ports[4]}
  prepare_origin "$tap_work/origin" h2.test h1.test
  start_origin "127.0.0.1:$h2_port" "127.0.0.1:$h1_port"
  daemon_config | sed "s|^admin: .*|admin: {address: \"127.0.0.1:${ports[4]}\"}|" >"$tap_work/ccnproxy.yaml"
  start_daemon "$tap_work/ccnproxy.yaml"
  through h2.test /echo >/dev/null
  through h2.test /echo >/dev/null
  through closed.test / >/dev/null
  curl -fsS "$admin/metrics" >"$tap_work/metrics"
}

test_metrics_are_there_and_explained() { names metrics "$tap_work/metrics"; }

all_is_logged() { [[ $(grep -c '^{"time".*"origin":"https' "$daemon_log") == 3 ]]; }
test_keys_of_the_access_log_are_explained() {
  await 10 all_is_logged
  grep '^{"time"' "$daemon_log" >"$tap_work/records"
  names log "$tap_work/records"
}

test_another_default_makes_another_reference() {
  mkdir -p "$tap_work/other/tests"
  cp -r "$top/docs" "$top/config" "$top/packaging" "$top/src" "$tap_work/other/"
  cp -r "$here" "$tap_work/other/tests/"
  sed -i 's/  keep_warm: 10m /  keep_warm: 20m /' "$tap_work/other/config/ccnproxy.yaml"
  contains check 'configuration.md is not up to date' \
    "$(python3 -B "$tap_work/other/tests/docs/reference.py" check "$daemon_binary" 2>&1 || true)"
}

# The checks see what is wrong: each in a copy of the pages with a mistake in it.
test_mistakes_are_found() {
  local wrong check words page
  while IFS='|' read -r check words wrong; do
    rm -rf "$tap_work/copy"
    mkdir -p "$tap_work/copy/tests"
    cp -r "$top/docs" "$top"/*.md "$top/config" "$top/packaging" "$top/include" "$top/src" "$tap_work/copy/"
    cp -r "$here" "$tap_work/copy/tests/"
    case $check in errors) page=errors ;; *) page=access ;; esac
    echo "$wrong" >>"$tap_work/copy/docs/$page.md"
    # shellcheck disable=SC2086  # several words
    if python3 -B "$tap_work/copy/tests/docs/names.py" $check >"$tap_work/said"; then fail "nothing found in: $wrong"; fi
    contains "$wrong" "$words" "$(<"$tap_work/said")"
  done <<MISTAKES
links|no docs/nowhere.md|See [there](nowhere.md).
links|no heading #nothing|See [there](admin.md#nothing).
files|no tests/e2e/nothing.sh|Run \`tests/e2e/nothing.sh\`.
files|no pool/nothing among|In \`pool/nothing\`.
style|'Whoever' is no word|Whoever reads this.
style|goes on after 100|One line of words that goes on and on and on and on and on and on and on and on and on and on and on and on.
errors|no source says 'the moon is in the way'|Status 502: \`the moon is in the way\`.
keys|no key pool.nothing|Set \`pool.nothing\`.
flags $tap_work/help/*|nobody knows --nothing|Say \`ccnproxy check --nothing\`.
metrics $tap_work/metrics|no metric ccnproxy_nothing_total|Look at \`ccnproxy_nothing_total\`.
MISTAKES
}

ask_for_help
prepare
run_tests
