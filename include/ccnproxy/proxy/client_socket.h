#pragma once

#include <cstddef>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// Bytes that a client's socket takes and that have not left yet. Without a bound the kernel takes
/// megabytes for a client that reads nothing.
inline constexpr int most_unsent = 256 * 1024;
/// The same where memory is under pressure (MemoryBudget): enough for a client that is near.
inline constexpr int most_unsent_under_pressure = 32 * 1024;
/// What a socket holds changes without our being told.
inline constexpr Duration look_again_after = std::chrono::seconds(1);

/// Bytes written to it that its peer has not acknowledged (SIOCOUTQ). 0 if it has failed.
std::size_t bytes_in_socket(int fd);

}  // namespace ccnproxy::proxy
