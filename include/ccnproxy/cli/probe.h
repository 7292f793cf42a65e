#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "ccnproxy/config/config.h"

namespace ccnproxy::cli {

struct ProbeOptions {
  /// As a client would write it (http://host.ccnproxy-https/path) or the origin's own
  /// (https://host/path); http:// where it has no scheme.
  std::string url;
  std::uint32_t attempts = 3;
  bool json = false;
  bool colour = false;  ///< see wants_colour()
};

/// `ccnproxy probe`: dials an origin as the daemon with this configuration would, `attempts` times
/// one after the other, with one HEAD on each connection and a second one on the last. Prints to
/// `out` what each step took; why nothing could be tried to `errors`. Returns the exit code.
int probe(const config::Config& config, const ProbeOptions& options, std::ostream& out,
          std::ostream& errors);

}  // namespace ccnproxy::cli
