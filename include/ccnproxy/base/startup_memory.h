#pragma once

#include <cstddef>

namespace ccnproxy {

/// Releases memory that only startup needed: free heap, and code pages of the program and its
/// libraries, which stay in the page cache and come back as they are run. Reading a configuration
/// and creating TLS contexts touches most of both; serving touches a third.
///
/// Any thread, also while others run. Returns the bytes of code that were released, resident or
/// not.
std::size_t release_startup_memory() noexcept;

}  // namespace ccnproxy
