#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// What is known of a connection whose dial may yet turn out to have failed.
struct Trial {
  Duration age{};             ///< since it was made
  std::uint64_t answers = 0;  ///< final responses that have begun on it
  bool gone = false;          ///< the origin has ended it, or told it to go and nothing runs on it
  bool told = false;          ///< the origin told it to go within its trial
};

/// One dial, from its beginning until it is known whether it has succeeded.
struct DialTrial {
  TimePoint began{};
  TimePoint connected{};
  bool open = true;   ///< not known yet
  bool told = false;  ///< the origin told its connection to go meanwhile
};

enum class Verdict : std::uint8_t { open, passed, failed };

/// A connection that has lived so long has succeeded, if it was never asked for anything.
inline constexpr Duration trial_time = std::chrono::seconds(1);

/// Whether a dial has succeeded: with its connection's first answer, or when the connection has
/// lived for a second. A balancer that completes TLS before it knows of a server that lives, one
/// that is overloaded or speaks another protocol than it said, would else be dialled without end
/// (F147).
constexpr Verdict verdict_of(const Trial& t) {
  if (t.answers > 0) return Verdict::passed;
  if (t.gone) return t.told || t.age < trial_time ? Verdict::failed : Verdict::passed;
  return t.age >= trial_time && !t.told ? Verdict::passed : Verdict::open;
}

}  // namespace ccnproxy::pool
