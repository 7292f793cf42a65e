#pragma once

#include <string>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::cli {

struct AdminAnswer {
  unsigned status = 0;
  std::string body;
};

/// The answer to a GET of `path` from the admin endpoint at `address`, whatever its status. Blocks
/// for at most `deadline`. An error's detail is a text for the user.
Result<AdminAnswer> ask_admin(const config::ListenAddress& address, const std::string& path,
                              Duration deadline);

/// The body of a GET of `path` from the admin endpoint at `address`. Blocks for at most `deadline`.
/// Any status but 200 is an error; its detail is a text for the user.
Result<std::string> fetch_from_admin(const config::ListenAddress& address, const std::string& path,
                                     Duration deadline);

}  // namespace ccnproxy::cli
