#pragma once

#include <cstdint>

#include "ccnproxy/base/error.h"

namespace ccnproxy::proxy {

/// What the decision to try again is made from.
struct FailedAttempt {
  Proof proof = Proof::unknown;
  bool idempotent = false;  ///< by its method (RFC 9110 §9.2.2) or an Idempotency-Key
  bool replayable = false;  ///< every byte of the body that was given to the attempt is still held
  std::uint32_t retries = 0;  ///< made so far
  std::uint32_t allowed = 0;  ///< retries.attempts
  /// On a connection that earlier requests of the same client may have logged in (NTLM, Negotiate):
  /// on another one it would be another user's request, or half a handshake.
  bool on_login = false;
};

/// Whether a request may be sent again, on another connection (docs/retry-rules.md). Only what the
/// origin provably did not act on, and what may be done twice by its nature where a connection that
/// had worked before ended without one byte of response. The budget is asked last, by the caller,
/// since asking takes from it.
constexpr bool may_retry(const FailedAttempt& a) {
  if (a.retries >= a.allowed || !a.replayable || a.on_login) return false;
  switch (a.proof) {
    case Proof::not_sent:
    case Proof::refused:
      return true;
    case Proof::no_byte_on_reused:
      return a.idempotent;
    case Proof::unknown:
    case Proof::response_started:
      return false;
  }
  return false;
}

}  // namespace ccnproxy::proxy
