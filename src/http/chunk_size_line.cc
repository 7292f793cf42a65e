#include "ccnproxy/http/chunk_size_line.h"

#include "ccnproxy/http/characters.h"

namespace ccnproxy::http {
namespace {

constexpr std::uint8_t max_digits = 16;  // 64 bits: more must be zeros in front
constexpr std::uint64_t first_digit = std::uint64_t{0xf} << 60;

// -1 for what is no digit.
int hex_value(char c) noexcept {
  if (is(digit_char, c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

ChunkSizeLine::Result ChunkSizeLine::read(std::string_view input) noexcept {
  std::size_t at = 0;
  if (state_ == State::size) at = read_plain_digits(input);
  while (at < input.size()) {
    const char c = input[at++];
    const State before = state_;
    state_ = next(c);
    if (state_ == State::wrong) return {Outcome::wrong, at, why(c, before)};
    if (state_ == State::complete) return {Outcome::complete, at, {}};
    if (state_ != State::size && state_ != State::line_feed) ++extension_bytes_;
  }
  return {Outcome::more, at, {}};
}

// As many as can't overflow: all that usual sizes have.
std::size_t ChunkSizeLine::read_plain_digits(std::string_view input) noexcept {
  std::size_t at = 0;
  for (; at < input.size() && digits_ < max_digits; ++at, ++digits_) {
    const int digit = hex_value(input[at]);
    if (digit < 0) break;
    size_ = size_ << 4 | static_cast<std::uint64_t>(digit);
  }
  return at;
}

ChunkSizeLine::State ChunkSizeLine::next(char c) noexcept {
  switch (state_) {
    case State::size:
      return after_size(c);
    case State::before_semicolon:
      if (is_white_space(c)) return State::before_semicolon;
      if (sender_ == Sender::origin) return c == ';' ? State::ignored : end_or_wrong(c);
      return c == ';' ? State::before_name : State::wrong;
    case State::before_name:
      return start_name(c);
    case State::name:
      return is(token_char, c) ? State::name : after_extension_name(c);
    case State::after_name:
      if (c == '\r') return State::wrong;  // white space before the line end
      return after_extension_name(c);
    case State::before_value:
      return start_value(c);
    case State::token:
      return is(token_char, c) ? State::token : after_value(c);
    case State::quoted:
      return in_quotes(c);
    case State::escaped:
      return is(field_char, c) ? State::quoted : State::wrong;
    case State::after_quoted:
      return after_value(c);
    case State::ignored:
      if (c == '\0') return State::wrong;
      return c == '\r' || c == '\n' ? end_or_wrong(c) : State::ignored;
    case State::line_feed:
      return c == '\n' ? State::complete : State::wrong;
    case State::complete:
    case State::wrong:
      break;
  }
  return State::wrong;
}

ChunkSizeLine::State ChunkSizeLine::after_size(char c) noexcept {
  if (const int digit = hex_value(c); digit >= 0) return add_digit(digit);
  if (digits_ == 0) return State::wrong;
  if (sender_ == Sender::client) return after_value(c);
  if (is_white_space(c)) return State::before_semicolon;
  return c == ';' ? State::ignored : end_or_wrong(c);
}

ChunkSizeLine::State ChunkSizeLine::add_digit(int digit) noexcept {
  if ((size_ & first_digit) != 0) return State::wrong;
  ++extension_bytes_;  // read_plain_digits() has taken the first 16
  size_ = size_ << 4 | static_cast<std::uint64_t>(digit);
  return State::size;
}

// Of an origin's line only.
ChunkSizeLine::State ChunkSizeLine::end_or_wrong(char c) noexcept {
  if (c == '\r') return State::line_feed;
  bare_ = c == '\n';
  return bare_ ? State::complete : State::wrong;
}

ChunkSizeLine::State ChunkSizeLine::start_name(char c) noexcept {
  if (is_white_space(c)) return State::before_name;
  return is(token_char, c) ? State::name : State::wrong;
}

ChunkSizeLine::State ChunkSizeLine::after_extension_name(char c) noexcept {
  if (is_white_space(c)) return State::after_name;
  if (c == '=') return State::before_value;
  return after_value(c);
}

ChunkSizeLine::State ChunkSizeLine::start_value(char c) noexcept {
  if (is_white_space(c)) return State::before_value;
  if (c == '"') return State::quoted;
  return is(token_char, c) ? State::token : State::wrong;
}

ChunkSizeLine::State ChunkSizeLine::in_quotes(char c) noexcept {
  if (c == '"') return State::after_quoted;
  if (c == '\\') return State::escaped;
  return is(quoted_char, c) ? State::quoted : State::wrong;
}

// After the size and after every value the same may follow: another extension or the end.
ChunkSizeLine::State ChunkSizeLine::after_value(char c) noexcept {
  if (is_white_space(c)) return State::before_semicolon;
  if (c == ';') return State::before_name;
  return c == '\r' ? State::line_feed : State::wrong;
}

std::string_view ChunkSizeLine::why(char c, State before) const noexcept {
  if (before == State::ignored) return "a NUL byte in a chunk extension";
  if (before == State::line_feed) return "a CR that is not followed by LF in a chunk size line";
  if (c == '\n') return "a chunk size line that ends in LF without CR";
  if (sender_ == Sender::origin && before == State::before_semicolon)
    return "white space within a chunk size line";
  if (before != State::size) return "a chunk extension that is not the grammar";
  if (digits_ == 0) return "a chunk size that does not begin with a hexadecimal digit";
  return hex_value(c) >= 0 ? "a chunk size of more than 64 bits"
                           : "a byte after the chunk size that can't stand there";
}

}  // namespace ccnproxy::http
