#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ccnproxy::http {

/// What a byte may stand for; one table look-up each, as the parsers ask for every byte.
enum CharacterClass : std::uint8_t {
  token_char = 1,    ///< tchar (RFC 9110 §5.6.2)
  target_char = 2,   ///< in a request target: 0x21 to 0xff but DEL and "#", which only a user agent
                     ///< may keep; bytes above 0x7f are no URI's, but servers take them
  field_char = 4,    ///< in a field value: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5)
  host_char = 8,     ///< in a reg-name: unreserved and sub-delims but "," (see is_valid_host)
  quoted_char = 16,  ///< qdtext (RFC 9110 §5.6.4)
  digit_char = 32,   ///< 0 to 9
  letter_char = 64,  ///< ALPHA
  loose_name_char = 128,  ///< in a response's field name, token or not: printable, no SP, no colon
};

namespace detail {

constexpr bool contains(std::string_view set, char c) noexcept {
  return set.find(c) != std::string_view::npos;
}

constexpr std::uint8_t classify(unsigned byte) noexcept {
  const char c = static_cast<char>(byte);
  const bool digit = c >= '0' && c <= '9';
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool alnum = digit || letter;
  const bool printable = byte >= 0x20 && byte != 0x7f;
  const bool field = c == '\t' || printable;
  unsigned classes = 0;
  if (alnum || contains("!#$%&'*+-.^_`|~", c)) classes |= token_char;
  if (byte > 0x20 && byte != 0x7f && c != '#') classes |= target_char;
  if (field) classes |= field_char;
  if (alnum || contains("-._~!$&'()*+;=", c)) classes |= host_char;
  if (field && c != '"' && c != '\\') classes |= quoted_char;
  if (digit) classes |= digit_char;
  if (letter) classes |= letter_char;
  if (byte > 0x20 && byte != 0x7f && c != ':') classes |= loose_name_char;
  return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> classify_all() noexcept {
  std::array<std::uint8_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) table[byte] = classify(byte);
  return table;
}

inline constexpr std::array<std::uint8_t, 256> character_classes = classify_all();

}  // namespace detail

constexpr bool is(CharacterClass wanted, char c) noexcept {
  return (detail::character_classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

/// Whether all of `text` is of this class; true for an empty one.
constexpr bool all(CharacterClass wanted, std::string_view text) noexcept {
  for (const char c : text) {
    if (!is(wanted, c)) return false;
  }
  return true;
}

/// 1*tchar: what methods and field names are made of.
constexpr bool is_token(std::string_view text) noexcept {
  return !text.empty() && all(token_char, text);
}

constexpr bool is_white_space(char c) noexcept { return c == ' ' || c == '\t'; }

/// ASCII only; independent of the locale.
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

/// Without leading and trailing SP and HTAB (OWS, RFC 9110 §5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_white_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_white_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace ccnproxy::http
