#pragma once

#include <array>

#include "ccnproxy/pool/exclusive_connection.h"
#include "ccnproxy/pool/pool_directory.h"

namespace ccnproxy::pool {

/// The dials of exclusive connections, in a list for each phase, in order of arrival. A dial
/// changes its phase here alone. On the worker's thread.
class ExclusiveDials {
 public:
  using Phase = ExclusiveConnection::DialPhase;

  explicit ExclusiveDials(SharedOrigin& shared) : shared_(shared) {}

  bool any(Phase phase) const noexcept { return !list(phase).empty(); }
  std::size_t count(Phase phase) const noexcept { return list(phase).size(); }
  /// When the one began to wait that has waited longest. Not if none does.
  TimePoint waiting_since() const noexcept { return list(Phase::waiting).front().since_; }

  /// Waits for its dial. Whether it is its first, or it has to be paid for anew (DialBudget).
  bool want(ExclusiveConnection& c, TimePoint now);
  /// One that still waits counts among the requests that do, while these are less than `most`.
  void count_waiting(ExclusiveConnection& c, std::uint32_t most);
  /// The one that has waited longest begins. False if it has to wait for something else first, and
  /// has left the lists.
  bool begin_next(TimePoint now);
  void note_connected(ExclusiveConnection& c, TimePoint now);
  /// Another dial for it is to be paid for.
  void put_off(ExclusiveConnection& c) noexcept { c.paid_ = false; }
  /// Leaves the lists. Whether it was being dialled.
  bool leave(ExclusiveConnection& c) noexcept;
  /// Tells those that waited when the dial began, as WaitQueue::fail().
  void fail(const Error& error, TimePoint dial_began);

  DialTrial& trial_of(ExclusiveConnection& c) const noexcept { return c.trial_; }
  bool is_on_trial(const ExclusiveConnection& c) const noexcept {
    return c.phase_ == Phase::on_trial;
  }
  /// `f` may take off the one that it is given.
  template <class F>
  void for_each_on_trial(F&& f) {
    auto& on_trial = list(Phase::on_trial);
    for (auto it = on_trial.begin(); it != on_trial.end();) f(*it++);
  }

 private:
  using List = boost::intrusive::list<ExclusiveConnection,
                                      boost::intrusive::base_hook<ExclusiveConnection::DialHook>,
                                      boost::intrusive::constant_time_size<false>>;

  List& list(Phase phase) noexcept { return lists_[static_cast<std::size_t>(phase) - 1]; }
  const List& list(Phase phase) const noexcept {
    return lists_[static_cast<std::size_t>(phase) - 1];
  }
  void put_on(ExclusiveConnection& c, Phase phase);
  void uncount(ExclusiveConnection& c) noexcept;

  SharedOrigin& shared_;
  std::array<List, 3> lists_;  ///< by Phase, but `none`
};

}  // namespace ccnproxy::pool
