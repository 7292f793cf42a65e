#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::origin {

/// Asks an origin's address for a sign of life by another way than the connection that is silent:
/// HTTP/1.1 has no PING, and TCP acknowledges also for a process that hangs (F008). Belongs to one
/// worker and origin; addresses are ip:port as in ConnectionInfo.
class AddressProbes {
 public:
  virtual ~AddressProbes() = default;
  /// Begins to ask, unless it is being asked already or was a short while ago.
  virtual void ask(const std::string& address) = 0;
  /// Since when an answer is due, if one is: the address took the question and has said nothing.
  virtual std::optional<TimePoint> unanswered_since(std::string_view address) const = 0;
  /// Something came from it, by whatever way.
  virtual void heard(std::string_view address) = 0;
};

}  // namespace ccnproxy::origin
