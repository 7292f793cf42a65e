#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// A listening address, or why the text is not one.
struct ParsedAddress {
  ListenAddress address;
  std::string fault;  ///< completes "must be ..."; empty if it is one
};

/// Parses `127.0.0.1:3000`, `[::1]:3000` or `unix:/path`. Refuses names: a daemon should not
/// resolve its own addresses at startup. Port 0 lets the kernel choose.
ParsedAddress parse_listen_address(std::string_view text);

}  // namespace ccnproxy::config
