#include "ccnproxy/tls/handshake_limit.h"

#include <algorithm>

namespace ccnproxy::tls {

bool HandshakeLimit::admit(TimePoint now) noexcept {
  const auto earned = used_ == 0 ? 0 : (now - since_) / each;
  used_ = static_cast<std::uint16_t>(used_ - std::min<std::int64_t>(earned, used_));
  since_ = used_ == 0 ? now : since_ + earned * each;
  if (used_ == burst) return false;
  ++used_;
  return true;
}

}  // namespace ccnproxy::tls
