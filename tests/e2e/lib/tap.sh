# shellcheck shell=bash
# The tests' library. A script sources it, defines functions test_NAME and calls run_tests: each test runs in
# a shell of its own with errexit on, and passes if it gets to its end. What it wrote is shown if it did not.
#   ok 1 name          not ok 2 name          ok 3 name # SKIP reason          ...          N passed, N failed
# SKIP is for what this machine lacks, and is counted as neither.

tap_work=$(mktemp -d "${TMPDIR:-/tmp}/ccnproxy-e2e.XXXXXX")
chmod 755 "$tap_work"  # servers that drop root read their files in it
tap_pids=()
tap_shell=$BASHPID

# A server's end is told to whoever waits for it, so it is stopped by its number and waited for.
stop_process() {
  kill -"${2:-TERM}" "$1" 2>/dev/null || true
  await 10 process_gone "$1" || kill -KILL "$1" 2>/dev/null || true
}

tap_cleanup() {
  [[ $BASHPID == "$tap_shell" ]] || return 0
  local pid
  for pid in "${tap_pids[@]}"; do stop_process "$pid"; done
  if declare -F script_cleanup >/dev/null; then script_cleanup; fi
  rm -rf "$tap_work"
}
trap tap_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

process_gone() { [[ ! -e /proc/$1/stat || $(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null) == Z ]]; }
process_alive() { ! process_gone "$1"; }

# Waits until a command succeeds, at most $1 seconds.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS > deadline)); then
      echo "not within its time: $*"
      return 1
    fi
    read -rt 0.02 <> <(:) || true
  done
}

# Starts a server that ends with this script, even if the script is killed. Its number is in $started.
start_process() {
  local log=$1
  shift
  setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 </dev/null &
  started=$!
  tap_pids+=("$started")
}

# $1 ports that nobody listens on at this moment, as the kernel gives them.
free_ports() {
  # shellcheck disable=SC2016  # PHP's variables, not the shell's
  php -r 'for ($i = 0; $i < $argv[1]; $i++) $s[] = stream_socket_server("tcp://127.0.0.1:0");
          foreach ($s as $one) echo explode(":", stream_socket_get_name($one, false))[1], "\n";' -- "$1"
}

fail() {
  echo "$*"
  return 1
}

# equal WHAT EXPECTED ACTUAL
equal() { [[ $2 == "$3" ]] || fail "$1: expected '$2', got '$3'"; }
# contains WHAT PATTERN-OF-GREP TEXT
contains() { grep -qE -- "$2" <<<"$3" || fail "$1: no '$2' in: $3"; }
lacks() { ! grep -qE -- "$2" <<<"$3" || fail "$1: '$2' in: $3"; }

skip() {
  echo "$*" >"$tap_work/skip"
  exit 0
}

# Own network and mount namespaces where we may have them: no port of ours can meet another's, and nothing
# is left when we end. Call as first thing with the script's arguments.
isolate() {
  if [[ ${E2E_ISOLATED:-} ]]; then
    ip link set lo up
    mount --make-rprivate /
  elif ((EUID == 0)) && unshare -nm true 2>/dev/null; then
    rm -rf "$tap_work"
    E2E_ISOLATED=1 exec unshare -nm -- "$0" "$@"
  fi
}

list_tests() {
  shopt -s extdebug
  local name
  while read -r _ _ name; do declare -F "$name"; done < <(declare -F | grep ' test_') | sort -k2n | cut -d' ' -f1
  shopt -u extdebug
}

run_tests() {
  local number=0 passed=0 failed=0 skipped=0 name status
  for name in $(list_tests); do
    number=$((number + 1))
    # shellcheck disable=SC2053  # ONLY is a pattern: ONLY='test_F11*' runs some of them
    [[ -z ${ONLY:-} || $name == $ONLY ]] || continue
    rm -f "$tap_work/skip"
    set +e
    (
      set -e
      tap_pids=()
      trap 'for pid in "${tap_pids[@]}"; do stop_process "$pid"; done' EXIT
      "$name"
    ) >"$tap_work/output" 2>&1
    status=$?
    set -e
    if [[ -e $tap_work/skip ]]; then
      skipped=$((skipped + 1))
      echo "ok $number ${name#test_} # SKIP $(<"$tap_work/skip")"
    elif ((status == 0)); then
      passed=$((passed + 1))
      echo "ok $number ${name#test_}"
    else
      failed=$((failed + 1))
      echo "not ok $number ${name#test_}"
      sed 's/^/# /' "$tap_work/output"
      if declare -F show_logs >/dev/null; then show_logs | sed 's/^/# /'; fi
    fi
  done
  echo "1..$number"
  ((skipped == 0)) || echo "# $skipped skipped"
  echo "$passed passed, $failed failed"
  ((failed == 0))
}
