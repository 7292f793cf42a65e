#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

/// How an origin does, the worst last.
enum class Health : std::uint8_t {
  healthy,
  unused,       ///< no request lately, nothing known against it
  degraded,     ///< some requests fail or are refused, or dials fail while connections stand
  failing,      ///< most requests fail
  unreachable,  ///< no connection stands, and none can be made
};
inline constexpr std::size_t health_states = 5;
std::string_view to_string(Health) noexcept;

/// What all workers know of one origin that its health follows from.
struct OriginFacts {
  observe::OutcomeSummary outcomes{};
  std::size_t open = 0;  ///< connections
  std::optional<Duration> dials_failing_for{};
  std::string dial_failure{};  ///< of the last dial; empty if it did not fail
  std::optional<Duration> last_used{};

  void add(const pool::PoolReport& pool);
  void add(const pool::GoneReport& origin);
};

/// Judgement of one origin.
struct Verdict {
  Health health = Health::healthy;
  std::optional<Duration> since;  ///< how long it has been so; nothing if it is well
  std::string cause;              ///< one line for a person; empty if it is well
};

/// Pure. One failed request of an origin that is asked once a minute is told, one of thousands is
/// not: the rules are in docs/admin.md.
Verdict judge(const OriginFacts& facts);

/// An origin with its verdict.
struct OriginHealth {
  std::string origin;
  OriginFacts facts;
  Verdict verdict;
};

/// Why it is not well: `tls: no answer within 5 s, 100 % of 40 in 5 min`, for a table or a list.
std::string reason_of(const OriginHealth& one);

/// Verdicts of all origins of a report, those included whose pools are gone.
class OriginsHealth {
 public:
  explicit OriginsHealth(const Reports& reports);

  /// Null if nothing is known of it.
  const OriginHealth* find(std::string_view origin) const;
  Health of(std::string_view origin) const;
  /// Those that are degraded or worse: the worst first, then the busiest.
  std::span<const OriginHealth> problems() const;
  /// For a person: `2 of 14 origins failing: https://a (…), https://b (…).`, or that none has a
  /// problem.
  std::string sentence() const;

 private:
  std::vector<OriginHealth> all_;
  std::unordered_map<std::string_view, const OriginHealth*> by_origin_;  ///< all is of `all_`
};

}  // namespace ccnproxy::admin
