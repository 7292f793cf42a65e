#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::tls {

/// A token bucket for the handshakes that an origin may ask for on a connection that stands:
/// renegotiation (TLS 1.2) and post-handshake authentication (TLS 1.3). Each costs a signature or a
/// key exchange. An origin that protects paths asks once or twice a connection. Pure.
class HandshakeLimit {
 public:
  static constexpr std::uint16_t burst = 32;
  static constexpr Duration each = std::chrono::milliseconds(500);  ///< one more after so long

  /// One is asked for; false: one too many.
  bool admit(TimePoint now) noexcept;

 private:
  std::uint16_t used_ = 0;
  TimePoint since_;  ///< when `used_` was last counted down
};

}  // namespace ccnproxy::tls
