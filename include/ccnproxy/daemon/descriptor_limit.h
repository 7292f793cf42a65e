#pragma once

#include <cstddef>

namespace ccnproxy::daemon {

/// To what the system lets us have: each client and each connection to an origin is a descriptor.
void raise_descriptor_limit();
/// How many this process may have open; 0 = no limit.
std::size_t descriptor_limit();

}  // namespace ccnproxy::daemon
