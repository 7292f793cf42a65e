#pragma once

#include <string>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

struct AdminAnswer {
  unsigned status = 0;
  std::string body;
};

/// What a GET of `path` from the admin endpoint at `address` is answered, whatever the status.
/// Blocks, at most until `deadline` from now. The detail of an error says for a person what went
/// wrong.
Result<AdminAnswer> ask_admin(const config::ListenAddress& address, const std::string& path,
                              Duration deadline);

/// The body of a GET of `path` from the admin endpoint at `address`. Blocks, at most until
/// `deadline` from now. Anything but a 200 is an error, whose detail says for a person what went
/// wrong.
Result<std::string> fetch_from_admin(const config::ListenAddress& address, const std::string& path,
                                     Duration deadline);

}  // namespace ccnproxy::daemon
