#pragma once

namespace ccnproxy {

/// An object for deferred deletion: EventLoop::defer_delete destroys it after the current loop
/// iteration, because code on the stack of that iteration may still refer to it.
class DeferredDelete {
 public:
  virtual ~DeferredDelete() = default;
};

}  // namespace ccnproxy
