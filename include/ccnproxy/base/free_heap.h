#pragma once

namespace ccnproxy {

/// Sets malloc's trim and mmap thresholds to 1 MiB for the life of the process. By default glibc
/// adapts both to the largest block that was freed, and keeps twice as much. Call it before other
/// threads run.
void bound_free_heap() noexcept;

/// Returns whole free pages of all heaps to the system; other threads that allocate meanwhile may
/// wait. Any thread.
void release_free_heap() noexcept;

}  // namespace ccnproxy
