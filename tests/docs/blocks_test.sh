#!/bin/bash
# Every code block of README.md, its neighbours and docs/**/*.md, by its language:
#   yaml     goes through `ccnproxy check`, or what <!-- checked by: COMMAND --> says
#   json     is JSON             promql  is PromQL, a line an expression
#   sh, and indented blocks       are run, and must end with 0
#   console  is run line by line; what stands below a "$ " line must come out of it, … stands for anything
#   php, js, haproxy  are files, or run after one (<!-- after: PATH -->)
#   text, diff  are for people
# A block of any language that is a file (<!-- file: PATH -->) is used by another script here, in tests/e2e or by
# tests/package/kubernetes_test.sh. A block that can't be run says why: <!-- not run: REASON -->, and the reason names the
# test that comes nearest. It is then looked at for mistakes of syntax only.
# Commands run in a folder that looks like this tree, on the machine of lib/scene.sh.
# Usage: tests/docs/blocks_test.sh [DAEMON]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(realpath "$here/../..")
# shellcheck source=tests/e2e/lib/e2e.sh
source "$here/../e2e/lib/e2e.sh"
# shellcheck source=tests/e2e/lib/machine.sh
source "$here/../e2e/lib/machine.sh"
find_daemon "${1:-}"
isolate "$@"
# shellcheck source=tests/docs/lib/scene.sh
source "$here/lib/scene.sh"

# The scripts beside this one; this one names every mark and uses none.
mapfile -t other_scripts < <(find "$here" -maxdepth 1 -name '*_test.sh' ! -name blocks_test.sh)
mapfile -t pages < <(cd "$top" && ls README.md CONTRIBUTING.md SECURITY.md && find docs -name '*.md' | sort)
blocks=$tap_work/blocks
tree=$tap_work/tree

extract() {
  mkdir "$blocks"
  (cd "$top" && python3 -B tests/docs/blocks.py extract "$blocks" "${pages[@]}") >"$tap_work/index"
}

# A folder in which the tree's paths lead to its files, and which may be written to.
make_tree() {
  local entry
  mkdir -p "$tree/build/release"
  for entry in "$top"/*; do [[ $entry == */build ]] || ln -s "$entry" "$tree/"; done
  ln -s "$daemon_binary" "$tree/build/release/ccnproxy"
}

# Files that the pages' configurations name.
place_files() {
  cp "$origin_dir/ca.pem" /etc/ssl/internal-ca.pem
  install -D -m 644 "$top/packaging/prometheus/rules.yaml" /etc/prometheus/rules/ccnproxy.yaml
  curl -sS -o /dev/null http://api.example.com.ccnproxy-https/v1/items
  curl -sS -o /dev/null http://nosuch.ccnproxy-https/
  await 10 grep -q '"target":"/"' "$daemon_log"
  grep '^{"time"' "$daemon_log" >"$tree/access_log"
}

run_yaml() {
  case $3 in
    'checked by') $4 "$blocks/$1" ;;
    -) ccnproxy check -f "$blocks/$1" ;;
    *) fail "what is '$3' of yaml?" ;;
  esac
}

run_json() { jq . "$blocks/$1" >/dev/null; }

run_promql() {
  local line number=0
  echo 'groups: [{name: page, rules: ['
  while read -r line; do
    [[ $line && $line != '#'* ]] || continue
    printf '{record: "page:expression%s", expr: %s},\n' $((number += 1)) "$(jq -Rn --arg e "$line" '$e')"
  done <"$blocks/$1"
  echo ']}]'
} >"$tap_work/rules.yaml"

run_sh() { (cd "$tree" && timeout 60 bash -euo pipefail "$blocks/$1") </dev/null; }

# One command of a console block, and what must come out of it.
run_console_step() {
  local got pattern
  got=$(cd "$tree" && timeout 60 bash -euo pipefail -c "$1" 2>&1 </dev/null) || fail "'$1' failed: $got" || return
  [[ $2 ]] || return 0
  pattern=$(printf '%s' "$2" | sed 's/[][\\*?]/\\&/g; s/…/*/g')
  # shellcheck disable=SC2053  # a pattern
  [[ $got == $pattern ]] || fail "'$1' says '$got', not '$2'"
}

run_console() {
  local line command='' wanted=''
  while IFS= read -r line; do
    if [[ $line == '$ '* ]]; then
      [[ ! $command ]] || run_console_step "$command" "$wanted" || return
      command=${line#'$ '} wanted=''
    else
      [[ $command ]] || fail 'does not begin with a command' || return
      wanted+=${wanted:+$'\n'}$line
    fi
  done <"$blocks/$1"
  run_console_step "$command" "$wanted"
}

# run_php: only what goes with a file that comes before it; the files are php_test.sh's.
run_php() {
  [[ $3 == after ]] || fail 'neither a file nor after one' || return
  { echo '<?php'; cat "$tap_work/documented$4" "$blocks/$1"; } >"$tap_work/after.php"
  php -d error_reporting=E_ALL "$tap_work/after.php"
}

run_js() { fail 'js that is not a file'; }
run_text() { if grep -q '^\$ ' "$blocks/$1"; then fail 'has commands: it is console'; fi; }
run_diff() { run_text "$@"; }
run_indented() { run_sh "$@"; }
run_-() { fail 'no language'; }

# The least that can be said of a block that is not run.
look_at() {
  case $2 in
    sh | indented) bash -n "$blocks/$1" ;;
    php) { echo '<?php'; cat "$blocks/$1"; } | php -l ;;
    yaml) if grep -nP '\t' "$blocks/$1"; then fail 'a tab'; fi ;;
    text) ;;
    *) fail "a $2 that is not run?" ;;
  esac
}

# Another test takes a block that is a file from the page, by its path or all that are like it.
is_used() {
  case $1 in
    /run/tutorial/*.sh) [[ -e $here/tutorial_test.sh ]] ;;
    /run/php/*.php) [[ -e $here/php/${1##*/} ]] ;;
    /etc/unbound/unbound.conf.d/*) grep -qE "run_unbound .*\b$(basename "$1" .conf)\b|unbound.conf.d/${1##*/}" "$here"/../e2e/dns_test.sh ;;
    *) grep -qF "$1" "$here"/../e2e/*_test.sh "$here"/../package/kubernetes_test.sh "${other_scripts[@]}" ;;
  esac || fail "no test uses $1"
}

# A reason without a test would be an excuse.
names_a_test() {
  local file found=
  while read -r file; do
    [[ -f $top/$file ]] || fail "no $file" || return
    found=1
  done < <(grep -oE '\btests/[A-Za-z0-9_/.-]+\.(sh|py|cc)\b' <<<"$1")
  [[ $found ]] || fail 'not run, and no test is named'
}

# block FILE PAGE:LINE LANGUAGE MARK ARGUMENT
block() {
  case $4 in
    'not run') names_a_test "$5" && look_at "$1" "$3" ;;
    file) is_used "$5" ;;
    *) declare -F "run_$3" >/dev/null || fail "nobody runs $3" || return
      "run_$3" "$1" "$3" "$4" "$5" && { [[ $3 != promql ]] || promtool check rules "$tap_work/rules.yaml"; } ;;
  esac
}

# page NAME: all of a page's blocks, and every one that is wrong is told.
page() {
  scene_needed
  local file place language mark argument bad=0 said
  while IFS=$'\t' read -r file place language mark argument; do
    said=$(block "$file" "$place" "$language" "$mark" "$argument" 2>&1) && continue
    bad=$((bad + 1))
    printf '%s (%s): %s\n' "$place" "$language" "$said"
  done < <(awk -F'\t' -v page="$1" 'index($2, page ":") == 1' "$tap_work/index")
  ((bad == 0))
}

# Commands and expressions within sentences, as far as they only look at something.
test_within_sentences() {
  scene_needed
  local place language text said count=0 bad=0
  while IFS=$'\t' read -r place language text; do
    count=$((count + 1))
    echo "$text" >"$blocks/inline"
    said=$(block inline "$place" "$language" - - 2>&1) && continue
    bad=$((bad + 1))
    echo "$place: $text: $said"
  done < <(python3 -B "$here/names.py" inline)
  ((count >= 5 && bad == 0))
}

# refused LANGUAGE MARK ARGUMENT WORDS TEXT: such a block would not pass, and the words say why.
refused() {
  printf '%b\n' "$5" >"$blocks/made"
  local said
  if said=$(block made made:1 "$1" "$2" "$3" 2>&1); then fail "taken: $5" || return; fi
  contains "$5" "$4" "$said"
}

test_what_is_wrong_is_found() {
  scene_needed
  refused yaml - - 'unknown key .pools.' 'pools: {}'
  refused yaml 'checked by' 'promtool check config' 'scrape_config' 'scrape_config: []'
  refused json - - 'error' '{"a":}'
  refused promql - - 'expression1' 'sum(rate(x[5m])'
  refused sh - - . 'echo this; false | true; echo that'
  refused sh 'not run' 'tests/docs/run.sh has it' 'unexpected' 'if true; done'
  refused sh 'not run' 'it needs something else' 'no test is named' 'true'
  refused sh 'not run' 'as tests/docs/nothing_test.sh does it' 'no tests/docs/nothing_test.sh' 'true'
  refused indented - - 'not found' 'no-such-command'
  refused console - - "says 'b', not 'a'" '$ echo b\na'
  refused console - - 'failed' '$ false\n'
  refused text - - 'it is console' '$ true'
  refused - - - 'no language' 'text'
  refused perl - - 'nobody runs' 'text'
  refused php - - 'neither a file' 'exit;'
  refused text file /etc/other.conf 'no test uses' 'text'
}

script_cleanup() { release_folders; }
if [[ ! $why_no_scene ]]; then
  start_scene
  documented
  extract
  make_tree
  place_files
fi
# A test for each page that has blocks.
for name in "${pages[@]}"; do
  grep -qE '^```|^    [^ ]' "$top/$name" || continue
  function=${name//[^A-Za-z0-9]/_}
  eval "test_${function%_md}() { page $name; }"
done
run_tests
