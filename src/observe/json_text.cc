#include "ccnproxy/observe/json_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace ccnproxy::observe {
namespace {

/// Bytes that stand for themselves: printable ASCII but for the quote and the backslash.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) table[c] = true;
  table['"'] = table['\\'] = false;
  return table;
}();

constexpr std::string_view hex_digits = "0123456789abcdef";

std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
  return static_cast<std::uint8_t>(text[i]);
}

bool is_continuation(std::uint8_t byte) noexcept { return (byte & 0xc0) == 0x80; }

/// The shape of a UTF-8 sequence by its first byte (RFC 3629 §4): its length, and the range of its
/// second byte, which is what rules out overlong forms, surrogates and all above U+10FFFF.
struct Shape {
  std::size_t length;
  std::uint8_t low;
  std::uint8_t high;
};

Shape shape_of(std::uint8_t first) noexcept {
  if (first >= 0xc2 && first <= 0xdf) return {2, 0x80, 0xbf};
  if (first == 0xe0) return {3, 0xa0, 0xbf};
  if (first == 0xed) return {3, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return {3, 0x80, 0xbf};
  if (first == 0xf0) return {4, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return {4, 0x80, 0xbf};
  if (first == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

/// Length of the valid sequence of two to four bytes that `text` starts with, else 0.
std::size_t sequence_length(std::string_view text) noexcept {
  const Shape shape = shape_of(byte_at(text, 0));
  if (shape.length == 0 || shape.length > text.size()) return 0;
  if (byte_at(text, 1) < shape.low || byte_at(text, 1) > shape.high) return 0;
  for (std::size_t i = 2; i < shape.length; ++i) {
    if (!is_continuation(byte_at(text, i))) return 0;
  }
  return shape.length;
}

std::uint32_t code_point(std::string_view sequence) noexcept {
  std::uint32_t value = byte_at(sequence, 0) & (0xffu >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    value = value << 6 | (byte_at(sequence, i) & 0x3fu);
  }
  return value;
}

bool is_deceptive(std::uint32_t point) noexcept {
  return point < 0xa0 || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2066 && point <= 0x2069);
}

void append_unit(std::string& out, std::uint32_t unit) {
  const std::array<char, 6> text = {'\\',
                                    'u',
                                    hex_digits[unit >> 12 & 15],
                                    hex_digits[unit >> 8 & 15],
                                    hex_digits[unit >> 4 & 15],
                                    hex_digits[unit & 15]};
  out.append(text.data(), text.size());
}

void append_ascii(std::string& out, std::uint8_t byte) {
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      append_unit(out, byte);
  }
}

/// Appends what `text` starts with, which is not plain, and says how many bytes it was.
std::size_t append_special(std::string& out, std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    append_ascii(out, first);
    return 1;
  }
  const std::size_t length = sequence_length(text);
  if (length == 0) {
    append_unit(out, first);
    return 1;
  }
  const auto sequence = text.substr(0, length);
  const auto point = code_point(sequence);
  if (is_deceptive(point)) {
    append_unit(out, point);
  } else {
    out.append(sequence);
  }
  return length;
}

char* put_digits(char* to, unsigned value, int width) noexcept {
  for (int i = width - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + width;
}

char* put(char* to, char c) noexcept {
  *to = c;
  return to + 1;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto special = std::find_if(text.begin(), text.end(),
                                      [](char c) { return !plain[static_cast<std::uint8_t>(c)]; });
    const auto run = static_cast<std::size_t>(special - text.begin());
    out.append(text.data(), run);
    text.remove_prefix(run);
    if (!text.empty()) text.remove_prefix(append_special(out, text));
  }
}

std::string_view without_query(std::string_view target) noexcept {
  return target.substr(0, target.find_first_of("?#"));
}

void append_time(std::string& out, std::chrono::system_clock::time_point time) {
  using std::chrono::floor;
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::microseconds>(time - day));
  std::array<char, 27> text{};
  char* end = put_digits(text.data(), static_cast<unsigned>(static_cast<int>(date.year())), 4);
  end = put_digits(put(end, '-'), static_cast<unsigned>(date.month()), 2);
  end = put_digits(put(end, '-'), static_cast<unsigned>(date.day()), 2);
  end = put_digits(put(end, 'T'), static_cast<unsigned>(clock.hours().count()), 2);
  end = put_digits(put(end, ':'), static_cast<unsigned>(clock.minutes().count()), 2);
  end = put_digits(put(end, ':'), static_cast<unsigned>(clock.seconds().count()), 2);
  end = put_digits(put(end, '.'), static_cast<unsigned>(clock.subseconds().count()), 6);
  end = put(end, 'Z');
  out.append(text.data(), end);
}

}  // namespace ccnproxy::observe
