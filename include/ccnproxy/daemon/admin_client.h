#pragma once

#include <string>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// The body of a GET of `path` from the admin endpoint at `address`. Blocks, at most until
/// `deadline` from now. Anything but a 200 is an error, whose detail says for a person what went
/// wrong.
Result<std::string> fetch_from_admin(const config::ListenAddress& address, const std::string& path,
                                     Duration deadline);

}  // namespace ccnproxy::daemon
