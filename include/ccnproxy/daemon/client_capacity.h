#pragma once

#include <cstddef>
#include <cstdint>

namespace ccnproxy::daemon {

/// Of `descriptors` (RLIMIT_NOFILE; 0 = no limit), how many clients may hold one each (F093): at
/// most `wanted` (limits.clients), and only so many that a quarter is left for connections to
/// origins besides what the process itself needs. At least 1.
std::size_t client_capacity(std::size_t wanted, std::size_t descriptors, std::size_t workers);

}  // namespace ccnproxy::daemon
