#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan.h"

namespace ccnproxy::soak {

/// How one exchange ended for its client.
enum class Outcome : std::uint8_t {
  answered,   ///< the origin's response, whole and its own
  own_error,  ///< the proxy's own answer
  cut,        ///< a response that was seen to be incomplete
  left,       ///< the client went before the end
};

/// What was seen at both ends. What must never be seen is a violation, kept in words.
class Ledger {
 public:
  void count(Outcome outcome) { ++outcomes_[static_cast<std::size_t>(outcome)]; }
  void count_own_error(const std::string& type) { ++own_errors_[type]; }
  void count_act(Act act) { ++acts_[static_cast<std::size_t>(act)]; }
  void count_connection() { ++connections_; }
  /// A client has been answered as the user that it is.
  void count_login() { ++logins_; }
  /// The origin has acted on request `id`: never twice for one that must not be repeated.
  void executed(std::uint64_t id, const RequestPlan& plan);
  void violation(std::string what);

  std::uint64_t exchanges() const;
  std::uint64_t connections() const { return connections_; }
  std::uint64_t logins() const { return logins_; }
  std::uint64_t answered() const { return outcomes_[0]; }
  std::uint64_t violations() const { return violation_count_; }
  /// Several lines for people.
  std::string summary() const;

 private:
  static constexpr std::size_t most_kept = 20;
  std::uint64_t outcomes_[4]{};
  std::uint64_t acts_[32]{};
  std::map<std::string, std::uint64_t> own_errors_;
  std::vector<bool> executed_;  ///< by id; of requests that are not idempotent
  std::uint64_t executions_ = 0;
  std::uint64_t repeated_ = 0;  ///< idempotent ones that came again
  std::uint64_t connections_ = 0;
  std::uint64_t logins_ = 0;
  std::uint64_t violation_count_ = 0;
  std::vector<std::string> violations_;
};

}  // namespace ccnproxy::soak
