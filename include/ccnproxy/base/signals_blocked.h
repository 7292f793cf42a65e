#pragma once

#include <csignal>

namespace ccnproxy {

/// Blocks all signals in the calling thread, and in the threads that it starts meanwhile, until
/// destroyed (RAII): signals are for the main thread. They are blocked before a thread starts,
/// because a thread that blocks them itself may receive one before.
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
