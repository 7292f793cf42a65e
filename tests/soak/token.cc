#include "token.h"

#include <algorithm>
#include <array>

namespace ccnproxy::soak {
namespace {

constexpr std::size_t line = 32;
constexpr std::size_t token_digits = 16;

void put_hex(char* into, std::size_t digits, std::uint64_t value) {
  for (std::size_t i = digits; i-- > 0; value >>= 4) into[i] = "0123456789abcdef"[value & 15];
}

std::array<char, line> line_of(std::uint64_t token, std::uint64_t number) {
  std::array<char, line> text;
  put_hex(text.data(), token_digits, token);
  put_hex(text.data() + token_digits, line - token_digits - 1, number);
  text.back() = '\n';
  return text;
}

}  // namespace

std::uint64_t mixed(std::uint64_t number) noexcept {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::uint64_t token_of(std::uint64_t seed, std::uint64_t id) noexcept {
  return mixed(mixed(seed) ^ id);
}

std::string token_text(std::uint64_t token) {
  std::string text(token_digits, '0');
  put_hex(text.data(), token_digits, token);
  return text;
}

void append_body(std::string& out, std::uint64_t token, std::uint64_t offset, std::size_t size) {
  while (size > 0) {
    const auto text = line_of(token, offset / line);
    const auto from = static_cast<std::size_t>(offset % line);
    const auto n = std::min(line - from, size);
    out.append(text.data() + from, n);
    offset += n;
    size -= n;
  }
}

bool is_body(std::uint64_t token, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto text = line_of(token, offset / line);
    const auto from = static_cast<std::size_t>(offset % line);
    const auto n = std::min(line - from, bytes.size());
    if (bytes.substr(0, n) != std::string_view(text.data() + from, n)) return false;
    offset += n;
    bytes.remove_prefix(n);
  }
  return true;
}

}  // namespace ccnproxy::soak
