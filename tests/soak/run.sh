#!/bin/bash
# The fault soak under AddressSanitizer: randomized clients and origins around the real daemon.
#   tests/soak/run.sh [--seconds N] [--seed S] [--clients N] [--least EXCHANGES] [--access-log FOLDER]
# Ten minutes and a million exchanges unless told otherwise. The seed is printed, and what each request and each
# connection does follows from it. BUILD: a build folder to use instead of build/asan.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${BUILD:-build/asan}
if [[ $build == build/asan ]]; then cmake --preset asan >/dev/null; fi
cmake --build "$build" --target fault_soak -j "${JOBS:-$(nproc)}" >/dev/null

# The sanitizers of Debian 12's compilers can't place their shadow memory where the kernel randomizes addresses over
# more bits than they knew of.
steady=()
if setarch -R true 2>/dev/null; then steady=(setarch -R); fi
defaults=(--seconds 600 --least 1000000)
if [[ $* == *--seconds* ]]; then defaults=(); fi
exec "${steady[@]}" "$build/tests/soak/fault_soak" "${defaults[@]}" "$@"
