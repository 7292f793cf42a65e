#pragma once

#include "ccnproxy/base/event_loop.h"

namespace ccnproxy::origin {

/// Does something once, at the end of this turn of the loop; where none is running (while
/// starting), in the next one, which a timer then makes begin within a tick. For results that are
/// known at once but may not be told before the asking call has returned. Cancelled by its
/// destructor. Belongs to the loop's thread.
class Soon {
 public:
  Soon(EventLoop& loop, Delegate<void()> run)
      : loop_(loop),
        run_(run),
        task_(Delegate<void()>::to<&Soon::run>(this)),
        timer_(loop.timers(), Delegate<void()>::to<&Soon::run>(this)) {}
  Soon(const Soon&) = delete;
  Soon& operator=(const Soon&) = delete;
  ~Soon() { loop_.cancel(task_); }

  /// Asking again before it ran is asking once.
  void ask() {
    loop_.at_turn_end(task_);
    timer_.set(loop_.now());
  }

 private:
  void run() {
    loop_.cancel(task_);
    timer_.cancel();
    run_();  // may destroy this
  }

  EventLoop& loop_;
  Delegate<void()> run_;
  TurnTask task_;
  Timer timer_;
};

}  // namespace ccnproxy::origin
