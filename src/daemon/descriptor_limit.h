#pragma once

#include <cstddef>

namespace ccnproxy::daemon {

/// Raises RLIMIT_NOFILE to its hard limit: each client and each connection to an origin takes one.
void raise_descriptor_limit();
/// The process's descriptor limit; 0 = none.
std::size_t descriptor_limit();

/// The number of open descriptors of this process.
std::size_t open_descriptors();

/// Makes the kernel allocate this process's descriptor table at its largest size, up to 65,536
/// entries of 8 bytes; the kernel never shrinks it. Otherwise the kernel doubles it when it is
/// full, and with threads every opener of a descriptor then waits for synchronize_rcu: 12 ms here,
/// in the middle of a burst. Call it before threads start. Failures are ignored.
void widen_descriptor_table();

}  // namespace ccnproxy::daemon
