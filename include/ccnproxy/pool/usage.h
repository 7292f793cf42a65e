#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// How one worker uses an origin, as far as that decides whether connections are kept ready for it.
/// Pure, told of time.
class Usage {
 public:
  explicit Usage(TimePoint now) : last_used_(now) {}

  /// A request has come.
  void note_request(TimePoint now) noexcept {
    last_used_ = now;
    use_ = Use::here;
  }
  void note_request_end(TimePoint now) noexcept { last_used_ = now; }
  /// The pool has made a connection.
  void note_connection() noexcept {
    if (use_ == Use::elsewhere) use_ = Use::here;
  }
  /// Takes up where a former process left off.
  void recall(TimePoint last_used) noexcept {
    last_used_ = last_used;
    note_connection();
  }
  void set_remembered(bool remembered) noexcept { remembered_ = remembered; }

  /// Ready from now on, whatever the traffic.
  void keep_for_ever() noexcept {
    for_ever_ = true;
    if (use_ == Use::given_up) use_ = Use::here;
  }
  void keep_as_used() noexcept { for_ever_ = false; }
  /// Nothing is kept ready until the next request.
  void give_up() noexcept { use_ = Use::given_up; }
  void set_barred(bool barred) noexcept { barred_ = barred; }
  void drain() noexcept { draining_ = true; }

  TimePoint last_used() const noexcept { return last_used_; }
  /// A little longer than asked for, so that a client that comes back after exactly that time is
  /// served, too.
  TimePoint kept_until(Duration keep_warm) const noexcept {
    return last_used_ + keep_warm + keep_warm / 16;
  }
  /// Whether connections may be kept ready at all.
  bool may_keep() const noexcept { return !draining_ && !barred_ && use_ != Use::given_up; }
  /// Whether this worker has had requests to it, or a connection. Else the origin is other
  /// workers', and what they know of it is no reason to keep connections ready here.
  bool used_here() const noexcept { return use_ == Use::here; }
  bool kept_for_ever() const noexcept { return for_ever_; }
  bool remembered() const noexcept { return remembered_; }
  bool barred() const noexcept { return barred_; }
  bool draining() const noexcept { return draining_; }

 private:
  enum class Use : std::uint8_t {
    elsewhere,  ///< by other workers, if at all
    here,
    given_up,  ///< there were too many origins
  };

  TimePoint last_used_;
  Use use_ = Use::elsewhere;
  bool for_ever_ = false;
  bool remembered_ = false;  ///< from before a restart, and to be ready for that
  bool barred_ = false;
  bool draining_ = false;
};

}  // namespace ccnproxy::pool
