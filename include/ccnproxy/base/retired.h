#pragma once

namespace ccnproxy {

/// An object that dies between turns of its event loop, so that nothing on the stack of the turn in
/// which it ended still refers to it (EventLoop::retire).
class Retired {
 public:
  virtual ~Retired() = default;
};

}  // namespace ccnproxy
