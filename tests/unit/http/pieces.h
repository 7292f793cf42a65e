#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http::test {

/// A copy with nothing before and after it, so that AddressSanitizer sees a read outside the input.
class Exact {
 public:
  explicit Exact(std::string_view text) : size_(text.size()), bytes_(new char[text.size()]) {
    std::copy(text.begin(), text.end(), bytes_.get());
  }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<char[]> bytes_;
};

inline std::string printable(std::string_view text) {
  std::string out;
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : text) {
    if (c >= 0x20 && c <= 0x7e) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += digits[byte >> 4];
    out += digits[byte & 0xf];
  }
  return out;
}

/// The first result that is not `incomplete` when `text` arrives in pieces of `piece` bytes, each
/// time in another buffer; `incomplete` if all of it is not enough. The head's views die with the
/// buffers.
template <class Parser, class Head>
ParseResult parse_in_pieces(std::string_view text, std::size_t piece, Head& head,
                            const HeadLimits& limits = {}) {
  Parser parser;
  for (std::size_t size = std::min(piece, text.size());;
       size = std::min(size + piece, text.size())) {
    const Exact input(text.substr(0, size));
    const ParseResult result = parser.parse(input.view(), limits, head);
    if (result.status != ParseStatus::incomplete || size == text.size()) return result;
  }
}

}  // namespace ccnproxy::http::test
