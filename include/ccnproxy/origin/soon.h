#pragma once

#include "ccnproxy/base/event_loop.h"

namespace ccnproxy::origin {

/// Does something once, at the end of this turn of the loop: for results that are known at once but
/// may not be told before the asking call has returned. Cancelled by its destructor. Belongs to the
/// loop's thread.
class Soon {
 public:
  Soon(EventLoop& loop, Delegate<void()> run) : loop_(loop), task_(run) {}
  Soon(const Soon&) = delete;
  Soon& operator=(const Soon&) = delete;
  ~Soon() { loop_.cancel(task_); }

  /// Asking again before it ran is asking once. What runs may destroy this.
  void ask() { loop_.at_turn_end(task_); }

 private:
  EventLoop& loop_;
  TurnTask task_;
};

}  // namespace ccnproxy::origin
