#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>

/// Counts what a thread of this program allocates. It replaces the program's operator new: one
/// source of a program includes it.
namespace ccnproxy {
inline thread_local std::uint64_t allocations = 0;
}

// Not inline, or the compiler sees new end in free.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++ccnproxy::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
