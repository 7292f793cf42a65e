#pragma once

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy {

/// Does something once, at the end of this turn of the loop: for results that are known at once but
/// may not be told before the asking call has returned. Cancelled by its destructor. Belongs to the
/// loop's thread.
class ScopedDeferredCall {
 public:
  ScopedDeferredCall(EventLoop& loop, Delegate<void()> run) : loop_(loop), task_(run) {}
  ScopedDeferredCall(const ScopedDeferredCall&) = delete;
  ScopedDeferredCall& operator=(const ScopedDeferredCall&) = delete;
  ~ScopedDeferredCall() { loop_.cancel(task_); }

  /// Asking again before it ran is asking once. What runs may destroy this.
  void ask() { loop_.defer(task_); }

 private:
  EventLoop& loop_;
  DeferredCall task_;
};

}  // namespace ccnproxy
