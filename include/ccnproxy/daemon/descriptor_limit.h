#pragma once

#include <cstddef>

namespace ccnproxy::daemon {

/// To what the system lets us have: each client and each connection to an origin is a descriptor.
void raise_descriptor_limit();
/// How many this process may have open; 0 = no limit.
std::size_t descriptor_limit();

/// How many this process has open now.
std::size_t open_descriptors();

/// Has the kernel make its table of this process's descriptors as large as they may become, up to
/// 65,536 (8 bytes each); it is never made smaller again. The kernel doubles it when it is full,
/// and where there are threads it lets all that open a descriptor wait until every processor has
/// gone through the scheduler (synchronize_rcu): 12 ms here, in the middle of a burst. So: before
/// there are any. What can't be done is left.
void widen_descriptor_table();

}  // namespace ccnproxy::daemon
