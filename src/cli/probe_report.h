#pragma once

#include <optional>
#include <string>
#include <vector>

#include "prober.h"

namespace ccnproxy::cli {

/// The report of `ccnproxy probe` for a URL.
struct ProbeReport {
  std::string url;  ///< as it was given
  std::string to;   ///< the origin with the target
  std::vector<ProbeResult> attempts;
  std::optional<ProbeResult> warm;  ///< one more request on the last connection
  bool gave_up = false;             ///< fewer attempts than were wanted, since two failed alike

  bool succeeded() const;
  /// Whether the last two attempts failed in the same phase with the same type of error.
  bool failed_alike() const;
};

/// As text in three parts, so that each attempt is shown when it ends; times in milliseconds. Pure,
/// as is as_json().
std::string text_head(const std::string& to);
/// `fresh`: on a connection of its own.
std::string text_line(const std::string& name, const ProbeResult& result, bool fresh,
                      bool colour = false);
std::string text_tail(const ProbeReport& report);
/// One JSON object in one line.
std::string as_json(const ProbeReport& report);

}  // namespace ccnproxy::cli
