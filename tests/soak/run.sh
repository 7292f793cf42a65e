#!/bin/bash
# The fault soak: randomized clients and origins around the real daemon, which is built with AddressSanitizer.
#   tests/soak/run.sh [--seconds N] [--seed S] [--clients N] [--least EXCHANGES] [--access-log FOLDER]
# Ten minutes and a million exchanges unless told otherwise. The seed is printed, and what each request and each
# connection does follows from it. BUILD: a build folder to take the daemon from instead of build/asan; HARNESS: one for
# clients and origins instead of build/release. These are one thread, and under a sanitizer it would be the daemon that
# waits for them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${BUILD:-build/asan}
harness=${HARNESS:-build/release}
for preset in asan release; do
  if [[ $build == "build/$preset" || $harness == "build/$preset" ]]; then cmake --preset "$preset" >/dev/null; fi
done
cmake --build "$build" --target ccnproxy -j "${JOBS:-$(nproc)}" >/dev/null
cmake --build "$harness" --target fault_soak -j "${JOBS:-$(nproc)}" >/dev/null

# The sanitizers of g++ 12 and clang 14 (Debian 12) can't place their shadow memory where the kernel randomizes addresses over
# more bits than they knew of.
steady=()
if setarch -R true 2>/dev/null; then steady=(setarch -R); fi
defaults=(--seconds 600 --least 1000000)
if [[ $* == *--seconds* ]]; then defaults=(); fi
# Most of an exchange's time is waiting, for origins that stall and connections that fail: that many clients keep the
# daemon busy meanwhile.
exec "${steady[@]}" "$harness/tests/soak/fault_soak" --daemon "$build/ccnproxy" --clients 256 "${defaults[@]}" "$@"
