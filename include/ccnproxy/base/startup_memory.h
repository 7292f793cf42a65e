#pragma once

#include <cstddef>

namespace ccnproxy {

/// Gives back what only starting needed: free heap, and the pages of the program and its libraries,
/// which stay in the page cache and come back as they are run. Reading a configuration and making
/// TLS contexts touches most of both; serving touches a third.
///
/// Any thread; the others may run. Returns the bytes of code that were let go, resident or not.
std::size_t release_startup_memory() noexcept;

}  // namespace ccnproxy
