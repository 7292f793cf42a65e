#pragma once

#include <string>

#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// Why nothing can listen at an address, and what to do: one line that begins with the address.
/// `error` is errno of the call that failed; `owner` the process that has the address, if known.
std::string explain_bind_error(const config::ListenAddress& address, int error,
                               const std::string& owner);

}  // namespace ccnproxy::daemon
