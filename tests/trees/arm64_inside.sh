#!/bin/bash
# What tests/trees/arm64.sh runs in its tree: installs the cross compiler and the libraries, builds, tests under qemu-user.
# The last line is "N passed, N failed".
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=build/arm64
# What qemu-user does not emulate: what /proc says of a process's memory, TCP_INFO.
not_emulated=MetricsPage.knows_its_process:NotSentLowatTest.the_kernel_tells_how_fast_the_path_is
# With pages that are larger than the machine's: MADV_DONTNEED of a length that is no multiple of theirs. A kernel rounds it up
# to whole pages; qemu-user answers with 0 and does nothing.
not_emulated_with_large_pages=StartupMemory.what_was_run_leaves_memory_and_comes_back
not_emulated_with_large_pages+=:Http2MemoryTest.a_table_is_given_back_only_when_it_is_empty
passed=0 failed=0

# The lists are those of every build; libraries are taken of the other architecture, but for CLI11, which has none.
install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  dpkg --add-architecture arm64
  apt-get -qq update
  local libraries
  mapfile -t libraries < <(packaging/install_dependencies.sh --list build e2e |
    sed -n '/^libcli11-dev$/p; /^libcli11-dev$/!s/^lib.*-dev$/&:arm64/p')
  apt-get -y -qq -o Dpkg::Use-Pty=0 install --no-install-recommends crossbuild-essential-arm64 cmake ninja-build \
    pkg-config python3-minimal qemu-user "${libraries[@]}"
}

build() {
  cmake --toolchain cmake/arm64.cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -DCCNPROXY_WERROR=ON &&
  cmake --build "$build" -j "${JOBS:-$(nproc)}"
}

# logged NAME COMMAND...: one test.
logged() {
  if "${@:2}" >"$build.$1.log" 2>&1; then
    echo "ok - $1"
    passed=$((passed + 1))
  else
    echo "not ok - $1"
    tail -n 40 "$build.$1.log" | sed 's/^/# /'
    failed=$((failed + 1))
    return 1
  fi
}

# tested NAME OPTION-OF-QEMU...: the programs of unit tests, each test of theirs counted.
tested() {
  local program log counts
  for program in "$build"/tests/unit_* "$build"/tests/sim/unit_sim; do
    log=$build.$1.${program##*/}.log
    timeout 600 qemu-aarch64 "${@:2}" "$program" --gtest_brief=1 --gtest_filter="-$not_emulated" >"$log" 2>&1 || true
    counts=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) tests\?\.$/\1/p' "$log")
    if [[ $counts ]] && ! grep -q '^\[  FAILED  \]' "$log"; then
      echo "ok - ${program##*/}, $1: $counts tests"
      passed=$((passed + counts))
    else
      echo "not ok - ${program##*/}, $1"
      tail -n 40 "$log" | sed 's/^/# /'
      failed=$((failed + 1))
    fi
  done
}

# A library's .bss begins in the last page of its file. A kernel with pages of 64 KiB maps zeros for the rest of that page; qemu
# maps files with the machine's pages, and what lies beyond the file's end faults. So files are made to end with such a page.
pad_libraries() {
  local file
  for file in /lib/ld-linux-aarch64.so.1 /usr/lib/aarch64-linux-gnu/*.so.*; do
    # Not those that do already: what is linked with them would be linked again.
    [[ ! -f $file ]] || (($(stat -Lc %s "$file") % 65536 == 0)) || truncate --size=%64K "$(realpath "$file")"
  done
}

# Whether programs see pages of this size: newer versions take the option, and warn that it changes nothing.
qemu_has_pages_of() {
  printf '#include <unistd.h>\nint main(void) { return sysconf(_SC_PAGESIZE) != %s; }\n' "$1" >"$build.page.c"
  aarch64-linux-gnu-gcc -o "$build.page" "$build.page.c" && qemu-aarch64 -p "$1" "$build.page" 2>/dev/null
}

mkdir -p build
if logged install install_packages && logged build build; then
  tested 'pages of 4 KiB'
  pad_libraries
  if qemu_has_pages_of 65536; then
    not_emulated+=:$not_emulated_with_large_pages
    tested 'pages of 64 KiB' -p 65536
  else
    echo '# pages of 64 KiB: qemu can not have them here'
  fi
fi
echo "$passed passed, $failed failed"
((failed == 0))
