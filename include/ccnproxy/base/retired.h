#pragma once

namespace ccnproxy {

/// An object for deferred deletion: EventLoop::retire destroys it after the current loop iteration,
/// because code on the stack of that iteration may still refer to it.
class Retired {
 public:
  virtual ~Retired() = default;
};

}  // namespace ccnproxy
