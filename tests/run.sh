#!/bin/bash
# Every test there is, from a fresh clone on Debian 13 or 12. Usage: tests/run.sh [--quick | --ported] [OPTION OF CMAKE...]
#   installs what is missing, then: unit and integration tests of the release build, the checks of the sources, the end-to-end
#   and differential tests, those of the documentation, of metrics, alerts and the dashboard; then the unit tests, and the
#   integration tests around the daemon, of builds with AddressSanitizer + UndefinedBehaviorSanitizer and with
#   ThreadSanitizer; the fuzzers for a short while.
#   With OTHER_RELEASE=yes, as root, also what --ported runs, in a tree of the other release of Debian
#   (tests/trees/other_release.sh).
#   --quick: the release build's only. --ported: these, the end-to-end tests and the quickstart.
# FUZZ_SECONDS (60): time per fuzzer. JOBS: parallel jobs (one per CPU). BUDGET: seconds after which nothing more is begun and
# what sanitizers, fuzzers or the other release have begun is ended; what was left out so is told, and has not failed.
# What failed beside other tests runs again, alone, and three times. If it passes then, it is counted as passed and told
# as unsteady; but not what a sanitizer reported, and no soak: these count when they were seen once.
# What failed, is unsteady or was left out is told once more at the end, before the last line, "N passed, N failed"; exit code
# 1 if anything failed. Logs are in build/test-logs.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
jobs=${JOBS:-$(nproc)}
fuzz_seconds=${FUZZ_SECONDS:-60}
logs=$PWD/build/test-logs
extent=all
cmake_options=()
for argument in "$@"; do
  case $argument in
    --quick) extent=quick ;;
    --ported) extent=ported ;;
    -D?*) cmake_options+=("$argument") ;;
    *) sed -n '2,17s/^# //p' "$0" >&2; exit 2 ;;
  esac
done
mkdir -p "$logs"

passed=0 failed=0
times=() failures=() unsteady=() left_out=()
bounded=''  # whether what runs now is ended when the budget is spent

count() { passed=$((passed + $1)) failed=$((failed + $2)); }

# note LIST PREFIX: one for each line of the input.
note() {
  local line
  local -n list=$1
  while IFS= read -r line; do list+=("$2: $line"); done
}
note_failures() { note failures "$1"; }

# step NAME COMMAND...: runs it, remembers how long it took.
step() {
  local name=$1 begin=$SECONDS status
  shift
  echo "== $name"
  "$@"
  status=$?
  times+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
  return $status
}

# A whole step that has no tests to count, such as a build, counts only when it fails.
must() {
  local log=$logs/$1.log
  shift
  within_budget "$@" >"$log" 2>&1 </dev/null && return
  if time_is_up; then return 1; fi
  tail -n 60 "$log"
  echo "failed: $* (all of it in $log)"
  note_failures "$(basename "$log" .log)" <<<"$*"
  count 0 1
  return 1
}

# optional NAME COMMAND...: a part that the rest of the budget is for, if there is one.
optional() {
  local begin=$SECONDS
  if time_is_up; then
    left_out+=("$1: not begun")
    return
  fi
  bounded=${BUDGET:-}
  "${@:2}"
  bounded=
  if time_is_up; then left_out+=("$1: ended after $((SECONDS - begin)) s"); fi
}
time_is_up() { [[ ${BUDGET:-} ]] && ((SECONDS >= BUDGET)); }
within_budget() {
  if [[ ! $bounded ]]; then
    "$@"
  elif ! time_is_up; then
    timeout --kill-after=10 "$((BUDGET - SECONDS))" "$@"
  else
    return 124
  fi
}

build() { must "build-$1" cmake --preset "$1" "${cmake_options[@]}" && must "build-$1" cmake --build --preset "$1" -j "$jobs"; }

# The sanitizers of g++ 12 and clang 14 (Debian 12) can't place their shadow memory where the kernel randomizes addresses
# over more bits than they knew of; without randomization they always can.
steady=()
if setarch -R true 2>/dev/null; then steady=(setarch -R); fi

# ctest_of PRESET LOG OPTION...
ctest_of() {
  within_budget "${steady[@]}" ctest --test-dir "build/$1" --output-on-failure --timeout 300 "${@:3}" >"$2" 2>&1 </dev/null
}

failed_in() { sed -n '/^The following tests FAILED:/,/^Errors while/p' "$1" | grep '^[[:space:]]*[0-9]'; }

# Whether all that failed in the log of ctest passes when it runs alone: passes_alone NAME PRESET LOG.
passes_alone() {
  local reported='Sanitizer: |runtime error: '
  ! grep -qE "$reported" "$3" && ! failed_in "$3" | grep -q soak &&
    ctest_of "$2" "$logs/ctest-$1-again.log" --rerun-failed -j 1 --repeat until-fail:3
}

# run_ctest NAME PRESET OPTION...: ctest says "N% tests passed, F tests failed out of T"; nothing of the kind means that it did
# not run.
run_ctest() {
  local log=$logs/ctest-$1.log total bad verdict=failures
  ctest_of "$2" "$log" -j "$jobs" "${@:3}"
  if [[ $(grep 'tests passed,' "$log") =~ ([0-9]+)\ tests?\ failed\ out\ of\ ([0-9]+) ]]; then
    bad=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
    if ((bad)); then
      cat "$log"
      if passes_alone "$1" "$2" "$log"; then verdict=unsteady; fi
      note "$verdict" "$1" < <(failed_in "$log")
      if [[ $verdict == unsteady ]]; then bad=0; fi
    fi
    count $((total - bad)) "$bad"
    echo "$1: $((total - bad)) passed, $bad failed"
  elif ! time_is_up; then
    tail -n 40 "$log"
    echo "$1: ctest ran nothing"
    note_failures "$1" <<<'ctest ran nothing'
    count 0 1
  fi
}

test_build() {
  step "build $1" build "$1" && step "test $1" run_ctest "$1" "$1"
}

# test_sanitizer PRESET NAME: its unit tests, and the release build's integration tests around its daemon. What that reports
# counts wherever it is seen: some tests end the daemon without looking at how.
test_sanitizer() {
  local reports=$logs/$1-report report
  test_build "$1" || return
  rm -f "$reports".*
  export CCNPROXY_BINARY=$PWD/build/$1/ccnproxy CCNPROXY_SANITIZER=$2
  export {ASAN,UBSAN,TSAN,LSAN}_OPTIONS="log_path=$reports"
  step "integration tests, $1" run_ctest "$1-daemon" release -R '^integration/'
  unset CCNPROXY_{BINARY,SANITIZER} {ASAN,UBSAN,TSAN,LSAN}_OPTIONS
  for report in "$reports".*; do
    [[ -e $report ]] || continue
    head -n 60 "$report"
    count 0 1
    note_failures "$1" <<<"$(grep -m 1 -E 'Sanitizer|runtime error' "$report") (all of it in $report)"
  done
}

# fuzz_one PROGRAM: its log ends with "passed" or "failed".
fuzz_one() {
  local program=$1 name corpus seeds verdict=failed
  name=${program##*/fuzz_}
  corpus=$(mktemp -d)
  seeds=tests/fuzz/corpus/$name
  [[ -d $seeds ]] || seeds=
  within_budget "${steady[@]}" "$program" -max_total_time="$fuzz_seconds" -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$logs/$name-" "$corpus" ${seeds:+"$seeds"} >"$logs/fuzz-$name.log" 2>&1 </dev/null && verdict=passed
  echo "$verdict" >>"$logs/fuzz-$name.log"
  rm -rf "$corpus"
}

fuzz() {
  local program programs=() name log
  rm -f "$logs"/fuzz-*.log
  for program in build/fuzz/tests/fuzz/fuzz_*; do
    [[ -f $program && -x $program ]] && programs+=("$program")
  done
  for program in "${programs[@]}"; do
    while (($(jobs -rp | wc -l) >= jobs)); do wait -n; done
    fuzz_one "$program" &
  done
  wait
  for program in "${programs[@]}"; do
    name=${program##*/fuzz_}
    log=$logs/fuzz-$name.log
    if [[ $(tail -n 1 "$log") != passed ]] && time_is_up; then
      continue
    elif [[ $(tail -n 1 "$log") == passed ]]; then
      count 1 0
      echo "fuzz_$name: $(grep -o 'number_of_executed_units: .*' "$log" || true)"
    else
      count 0 1
      tail -n 40 "$log"
      note_failures fuzz <<<"$name: $(tail -n 3 "$log" | head -n 1)"
    fi
  done
}

# check NAME COMMAND...: one test.
check() {
  if "${@:2}" </dev/null; then
    count 1 0
    echo "ok $1"
  else
    count 0 1
    echo "not ok $1"
    note_failures 'check the sources' <<<"$1"
  fi
}

# Found, not asked of git, so that an unpacked archive will do.
sources() { find src include tests \( -name '*.cc' -o -name '*.h' \) -print0; }
scripts() { find .ci/run packaging tests -type f \( -name '*.sh' -o -path .ci/run \) -print0; }
# What a sourced file assigns is not seen from the others (SC2154).
scripts_are_sound() { scripts | xargs -0 shellcheck -x -P SCRIPTDIR -P . -e SC2154; }
code_is_formatted() { sources | xargs -0 clang-format --dry-run --Werror; }

# suite NAME SCRIPT: one that ends with a line "N passed, N failed".
suite() {
  local log=$logs/$1.log verdict=failures
  run_suite "$2" "$log" && count "$suite_passed" 0 && return
  cp "$log" "$logs/$1-first.log"
  if run_suite "$2" "$log"; then verdict=unsteady; fi
  count "$suite_passed" "$suite_failed"
  note "$verdict" "$1" < <(what_failed_in "$logs/$1-first.log")
}

run_suite() {
  "$1" build/release/ccnproxy 2>&1 </dev/null | tee "$2"
  suite_passed=0 suite_failed=1
  [[ $(tail -n 1 "$2") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] &&
    suite_passed=${BASH_REMATCH[1]} suite_failed=${BASH_REMATCH[2]}
  ((suite_failed == 0))
}

what_failed_in() { grep -A 30 '^not ok' "$1" | grep -E '^(not ok|#)' || echo 'did not come to its end'; }

# Its tools come from the npm registry, which not every machine reaches.
dashboard() {
  if tests/dashboard/install.sh >"$logs/dashboard-install.log" 2>&1 </dev/null; then
    suite dashboard tests/dashboard/run.sh
  else
    tail -n 5 "$logs/dashboard-install.log"
    echo 'dashboard: left out, as its npm packages can not be installed'
  fi
}

# Runs by itself all that failed once more, and has said of it what there is to say.
other_release() {
  local log=$logs/other-release.log
  within_budget tests/trees/other_release.sh 2>&1 </dev/null | tee "$log"
  if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    note_failures 'other release' < <(sed -n '/^What failed:/,$s/^  //p; /^not ok - /p' "$log")
  elif ! time_is_up; then
    count 0 1
    note_failures 'other release' <<<'did not come to its end'
  fi
}

fuzzers() {
  if step 'build fuzz' build fuzz; then step "fuzz, $fuzz_seconds s each" fuzz; fi
}

groups=(build)
if [[ $extent == all ]]; then groups+=(test); else groups+=(e2e); fi
step 'install what is missing' must install packaging/install_dependencies.sh "${groups[@]}"
test_build release
if [[ $extent == ported ]]; then
  step 'end to end' suite e2e tests/e2e/run.sh
  step 'quickstart' suite quickstart tests/docs/quickstart_test.sh
  step 'tutorial' suite tutorial tests/docs/tutorial_test.sh
fi
if [[ $extent == all ]]; then
  step 'check the sources' check shellcheck scripts_are_sound
  check clang-format code_is_formatted
  step 'end to end' suite e2e tests/e2e/run.sh
  step 'differential' suite differential tests/differential/run.sh
  step 'documentation' suite docs tests/docs/run.sh
  step 'metrics and alerts' suite prometheus tests/prometheus/run.sh
  step 'dashboard' dashboard
  optional asan test_sanitizer asan address
  if [[ ${OTHER_RELEASE:-} == yes ]]; then optional 'the other release' step 'the other release' other_release; fi
  optional tsan test_sanitizer tsan thread
  optional fuzzers fuzzers
fi

echo
echo 'Time taken:'
printf '%s\n' "${times[@]}"
echo
if ((${#unsteady[@]})); then
  echo 'Failed once, and passed when run again alone:'
  printf '  %s\n' "${unsteady[@]}"
fi
if ((${#left_out[@]})); then
  echo "Left out, as the time of $BUDGET s was up:"
  printf '  %s\n' "${left_out[@]}"
fi
if ((failed)); then
  echo 'What failed:'
  printf '  %s\n' "${failures[@]}"
fi
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
