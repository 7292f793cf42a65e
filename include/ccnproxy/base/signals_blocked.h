#pragma once

#include <csignal>

namespace ccnproxy {

/// While this lives, the calling thread takes no signal, and threads that it starts never do:
/// signals are for the main thread. Blocked before a thread starts, as one that blocks them itself
/// may be given a signal before it comes to that.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace ccnproxy
