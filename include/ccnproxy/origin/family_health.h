#pragma once

#include <optional>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::origin {

/// Remembers that IPv6 was lately seen not to work, so that a machine whose IPv6 leads nowhere does
/// not pay the 250 ms head start of RFC 8305 at every new connection (§4 allows this memory). It
/// only turns the order round: IPv6 is still tried where IPv4 fails. One for each worker, shared by
/// all origins; a plain value that belongs to its thread.
class FamilyHealth {
 public:
  /// RFC 8305 §4 leaves the length open. Long enough to make the 250 ms rare, short enough that a
  /// repaired network is used again the same quarter of an hour.
  static constexpr Duration memory = std::chrono::minutes(10);

  /// An IPv6 address gave no answer, or no route, where IPv4 then connected. (A refusal is an
  /// answer: it came over IPv6.)
  void note_v6_failed(TimePoint now) { failed_until_ = now + memory; }
  void note_v6_connected() { failed_until_.reset(); }

  bool is_v6_first(TimePoint now) const { return !failed_until_ || now >= *failed_until_; }

 private:
  std::optional<TimePoint> failed_until_;
};

}  // namespace ccnproxy::origin
