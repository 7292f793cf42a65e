#pragma once

#include <string>

#include "file_descriptor.h"

namespace ccnproxy::wan {

/// Makes TUN device `device` in the named network namespace (empty: the caller's own). It lives as
/// long as the descriptor, which is non-blocking and carries bare IP packets. The calling thread is
/// in its own namespace again afterwards. Throws std::system_error that says which step failed.
FileDescriptor open_tun(const std::string& network_namespace, const std::string& device);

}  // namespace ccnproxy::wan
