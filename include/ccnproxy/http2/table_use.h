#pragma once

#include <cstddef>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::http2 {

/// Whether a connection puts fields of requests into HPACK's table (RFC 7541 §2.3.2). The table
/// shortens the heads of requests that come after one another, and takes memory as long as the
/// connection stands: not worth it where one comes alone now and then, on a connection that is kept
/// ready for that. Once begun it goes on. Pure, told of time.
class TableUse {
 public:
  static constexpr Duration often = std::chrono::seconds(10);

  /// A request is placed beside so many others that are open. Whether its fields are put there.
  bool on_request(TimePoint now, std::size_t others) noexcept {
    begun_ = begun_ || others > 0 || (any_ && now - last_ < often);
    any_ = true;
    last_ = now;
    return begun_;
  }

 private:
  TimePoint last_{};
  bool any_ = false;
  bool begun_ = false;
};

}  // namespace ccnproxy::http2
