#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::fuzz {

/// What a parser makes of a head that comes in pieces, each time in memory of its own. Parser and
/// Head are those of a request or a response.
template <class Parser, class Head>
http::ParseResult parse_in_pieces(std::string_view input, std::size_t piece,
                                  const http::HeadLimits& limits) {
  Parser parser;
  Head head;
  for (std::size_t size = std::min(piece, input.size());;
       size = std::min(size + piece, input.size())) {
    const std::string copy(input.substr(0, size));
    const auto result = parser.parse(copy, limits, head);
    if (result.status != http::ParseStatus::incomplete || size == input.size()) return result;
  }
}

/// How a head was cut makes no difference.
inline bool is_same(const http::ParseResult& a, const http::ParseResult& b) {
  return a.status == b.status && a.consumed == b.consumed && a.status_code == b.status_code &&
         a.reason == b.reason;
}

}  // namespace ccnproxy::fuzz
