#include "peer_text.h"

#include <cstdio>

#include <nghttp2/nghttp2.h>

namespace ccnproxy::http2 {
namespace {

constexpr std::string_view ellipsis = "...";

/// As long as one byte may become.
constexpr std::size_t escaped_size = 4;

bool stands_for_itself(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

std::string printable(std::string_view bytes, std::size_t most) {
  std::string text;
  std::size_t whole = 0;  // as much as an ellipsis may follow
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    char escaped[escaped_size + 1];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", c);
    stands_for_itself(c) ? text.append(1, byte) : text.append(escaped);
    if (text.size() > most) return text.substr(0, whole).append(ellipsis);
    if (text.size() + ellipsis.size() <= most) whole = text.size();
  }
  return text;
}

std::string http2_error_name(std::uint32_t code) {
  if (code <= NGHTTP2_HTTP_1_1_REQUIRED) return nghttp2_http2_strerror(code);
  char text[sizeof "code 0x12345678"];
  std::snprintf(text, sizeof text, "code 0x%x", code);
  return text;
}

}  // namespace ccnproxy::http2
