#pragma once

// What the parsers of requests' and of responses' heads share; private to this room.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http {

inline constexpr std::size_t version_bytes = 8;  // HTTP/1.1
inline constexpr std::string_view empty_line = "\r\n";

/// Why a head is refused, and the status that tells a client so.
struct Refusal {
  std::uint16_t status_code;
  std::string_view reason;
};

/// nullptr: nothing to refuse.
using Verdict = const Refusal*;

inline constexpr Refusal refuse_head_size{431, "the head is larger than the limit"};
inline constexpr Refusal refuse_field_count{431, "more header fields than the limit"};
inline constexpr Refusal refuse_fold{400, "a field line that begins with white space (obs-fold)"};
inline constexpr Refusal refuse_no_name{400, "a field line with no name"};
inline constexpr Refusal refuse_space_before_colon{
    400, "white space between a field name and its colon"};
inline constexpr Refusal refuse_no_colon{400, "a field line with no colon"};
inline constexpr Refusal refuse_name{400, "a byte in a field name that can't stand there"};

inline ParseResult incomplete() { return {}; }
inline ParseResult complete(std::size_t consumed) {
  return {.status = ParseStatus::complete, .consumed = consumed};
}
inline ParseResult failed(std::uint16_t code, std::string_view reason) {
  return {.status = ParseStatus::failed, .status_code = code, .reason = reason};
}

inline ParseResult finish(Verdict verdict, std::size_t length) {
  return verdict == nullptr ? complete(length) : failed(verdict->status_code, verdict->reason);
}

/// A head that scan_head found complete, read from the left. `at` never passes the final empty
/// line, because every loop here stops at a CR at the latest.
class Cursor {
 public:
  explicit Cursor(std::string_view head) : at_(head.data()), end_(head.data() + head.size()) {}

  char peek() const noexcept { return *at_; }
  const char* at() const noexcept { return at_; }
  void skip(std::size_t bytes) noexcept { at_ += bytes; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  std::string_view take_while(CharacterClass wanted) noexcept {
    const char* const from = at_;
    while (is(wanted, *at_)) ++at_;
    return {from, static_cast<std::size_t>(at_ - from)};
  }

  // The rest of the line, and on to the next one.
  std::string_view take_line() noexcept {
    const auto* const cr = static_cast<const char*>(std::memchr(at_, '\r', left()));
    const std::string_view line(at_, static_cast<std::size_t>(cr - at_));
    at_ = cr + empty_line.size();
    return line;
  }

 private:
  const char* at_;
  const char* end_;
};

/// Field lines by the grammar, up to the empty one.
Verdict read_fields(Cursor& cursor, const HeadLimits& limits, Fields& fields);

}  // namespace ccnproxy::http
