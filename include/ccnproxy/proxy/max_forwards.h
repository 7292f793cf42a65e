#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::proxy {

/// What a request's Max-Forwards asks of this proxy (RFC 9110 §7.6.2). It counts for TRACE and
/// OPTIONS alone; with any other method it is a field like all others.
struct MaxForwards {
  enum class Says : std::uint8_t {
    nothing,  ///< there is none, or the method is another
    bad,      ///< it is not one number
    stop,     ///< zero: this proxy answers
    pass_on,  ///< with `value` in its place
  };
  Says says = Says::nothing;
  std::string value;  ///< one less than the client's, 10^9 at most; for pass_on alone
};

inline constexpr std::string_view max_forwards_header = "max-forwards";

/// Pure.
MaxForwards read_max_forwards(const http::RequestHead& head);

}  // namespace ccnproxy::proxy
