#pragma once

#include <optional>

#include "ccnproxy/pool/back_off.h"
#include "ccnproxy/pool/check_timer.h"
#include "ccnproxy/pool/dial_budget.h"
#include "ccnproxy/pool/pool_environment.h"
#include "ccnproxy/pool/trial_policy.h"

namespace ccnproxy::pool {

/// What came of the dials to an origin: back-off, budget and last failure. On the worker's thread.
class DialHistory {
 public:
  DialHistory(PoolEnvironment& env, CheckTimer& check) : env_(env), check_(check) {}

  const BackOff& back_off() const noexcept { return back_off_; }
  DialBudget& budget() noexcept { return budget_; }
  /// Nothing if dials succeed.
  const std::optional<Error>& last_failure() const noexcept { return last_failure_; }

  /// A dial that began then has failed.
  void note_failure(TimePoint began, const Error& error);
  enum class Outcome : std::uint8_t {
    none,        ///< nothing is known yet, or it changes nothing
    others_may,  ///< the origin works again: other dials may begin
    failed,
  };
  /// Looks whether a dial has succeeded. `by_origin`: if its connection goes, that is the origin's
  /// doing. `gone`: the connection takes no more requests and has none.
  Outcome judge(DialTrial& trial, const origin::OriginConnection& connection, bool by_origin,
                bool gone);
  /// `answered`: the connection has had an answer within its trial.
  Outcome settle(DialTrial& trial, Verdict verdict, bool answered);
  /// Other connections are made from now on: nothing is held against the origin.
  void forget();

 private:
  PoolEnvironment& env_;
  CheckTimer& check_;
  BackOff back_off_;
  DialBudget budget_;
  std::optional<Error> last_failure_;
};

}  // namespace ccnproxy::pool
