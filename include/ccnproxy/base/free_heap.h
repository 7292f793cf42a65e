#pragma once

namespace ccnproxy {

/// Free heap goes back to the system from 1 MiB on, for the life of the process. By itself glibc
/// would take a page of metrics of thousands of origins for what is often needed, and keep twice as
/// much. Before other threads run.
void bound_free_heap() noexcept;

/// Gives back all whole pages of free heap, of all threads; milliseconds for hundreds of MiB, in
/// which a thread that asks for memory may have to wait. Any thread.
void release_free_heap() noexcept;

}  // namespace ccnproxy
