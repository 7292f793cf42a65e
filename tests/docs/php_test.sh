#!/bin/bash
# Each snippet of docs/php.md, taken from the page, in PHP with a real daemon and with one in trouble (php/faulty.py). What must
# come of a snippet is in php/NAME.php.
# Needs root: its own network and its own /etc.
# Usage: tests/docs/php_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$here/../e2e/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"
# shellcheck source=tests/docs/lib/scene.sh
source "$here/lib/scene.sh"

snippets=$tap_work/documented/run/php

faulty_listens() { [[ -s $tap_work/faulty ]]; }
prepare() {
  start_scene
  touch "$tap_work/faulty.log"
  start_process "$tap_work/faulty" python3 -B "$here/php/faulty.py" "$tap_work/faulty.log"
  await 15 faulty_listens
  export FAULTY_PORT FAULTY_LOG=$tap_work/faulty.log ORIGIN_LOG=$origin_dir/access.log
  FAULTY_PORT=$(<"$tap_work/faulty")
}

# A page's block has no "<?php", since it is a part of something.
take_snippets() {
  local file
  mkdir -p /run/php
  for file in "$snippets"/*.php; do { echo '<?php'; cat "$file"; } >"/run/php/${file##*/}"; done
}

snippet() {
  scene_needed
  cd "$tap_work" && php -d error_reporting=E_ALL "$here/php/$1.php"
}

test_curl() { snippet curl; }
test_unix_socket() { snippet unix; }
test_connect_to() { snippet connect_to; }
test_many_at_once() { snippet many; }
test_streams() { snippet streams; }
test_guzzle() { snippet guzzle; }
test_guzzle_with_compression() { snippet guzzle_gzip; }
test_symfony() { snippet symfony; }
test_symfony_by_the_unix_socket() { snippet symfony_unix; }
test_F002_symfony_repeats_no_post() { snippet symfony_retry; }
test_F002_fallback_of_curl_sends_no_post_twice() { snippet fallback; }
test_F002_fallback_of_guzzle_sends_no_post_twice() { snippet guzzle_fallback; }

test_each_snippet_has_a_check() {
  scene_needed
  equal snippets "$(cd "$snippets" && echo *.php)" "$(cd "$here/php" && echo *.php | sed 's/ lib\.php//')"
}

script_cleanup() { release_folders; }
if [[ ! $why_no_scene ]]; then
  prepare
  take_snippets
fi
run_tests
