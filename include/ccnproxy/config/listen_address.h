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

/// `127.0.0.1:3000`, `[::1]:3000` or `unix:/path`. Names are refused: which address a name means is
/// not for a daemon to find out while it starts. Port 0 lets the kernel choose.
ParsedAddress parse_listen_address(std::string_view text);

}  // namespace ccnproxy::config
