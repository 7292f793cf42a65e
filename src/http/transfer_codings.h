#pragma once

// Private to this room.

#include <cstddef>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// The codings of all Transfer-Encoding fields together (RFC 9110 §5.3), counted.
struct TransferCodings {
  std::size_t count = 0;      ///< all of them
  std::size_t chunked = 0;    ///< each of which stands in `count` too
  std::size_t identity = 0;   ///< no coding (RFC 2616 §3.6); no standard has it any more
  std::size_t malformed = 0;  ///< not a token, or one with parameters
  bool chunked_is_last = false;
};

TransferCodings read_transfer_codings(const Fields& fields) noexcept;

}  // namespace ccnproxy::http
