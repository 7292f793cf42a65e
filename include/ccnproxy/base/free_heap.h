#pragma once

namespace ccnproxy {

/// What is free at the end of a heap, and any block by itself, goes back to the system from 1 MiB
/// on, for the life of the process. By itself glibc would take the largest block that was freed for
/// what is often needed, and keep twice as much. Before other threads run.
void bound_free_heap() noexcept;

/// Gives back the whole pages of free heap, of all threads; one that asks for memory meanwhile may
/// have to wait. Any thread.
void release_free_heap() noexcept;

}  // namespace ccnproxy
