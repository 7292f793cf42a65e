#include "ccnproxy/http/head_parser.h"

#include <algorithm>
#include <cstring>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/head_scan.h"

namespace ccnproxy::http {
namespace {

// Long enough for every registered method and those of WebDAV; a bound on what the log shows.
constexpr std::size_t max_method_bytes = 64;
constexpr std::size_t version_bytes = 8;    // HTTP/1.1
constexpr std::size_t max_empty_lines = 2;  // before a request line (RFC 9112 §2.2)
constexpr std::string_view empty_line = "\r\n";

struct Refusal {
  std::uint16_t status_code;
  std::string_view reason;
};

// nullptr: nothing to refuse.
using Verdict = const Refusal*;

constexpr Refusal refuse_tls{400, "this looks like TLS; this port speaks plain HTTP"};
constexpr Refusal refuse_no_http{400, "this is not HTTP: a request begins with a method"};
constexpr Refusal refuse_first_line_end{400, "a stray line end before the request line"};
constexpr Refusal refuse_empty_lines{400, "too many empty lines before the request line"};
constexpr Refusal refuse_head_size{431, "the head is larger than the limit"};
constexpr Refusal refuse_field_count{431, "more header fields than the limit"};
constexpr Refusal refuse_target_size{414, "the request target is longer than the limit"};
constexpr Refusal refuse_method_size{400, "the method is longer than 64 bytes"};
constexpr Refusal refuse_method{400, "the method is not a token followed by one space"};
constexpr Refusal refuse_no_target{400,
                                   "no request target: it must follow the method after one space"};
constexpr Refusal refuse_target{400, "a byte in the request target that can't stand in a URI"};
constexpr Refusal refuse_fragment{400, "a fragment (#) in the request target"};
constexpr Refusal refuse_target_form{
    400, "the request target is neither a path, an absolute http URI, nor * with OPTIONS"};
constexpr Refusal refuse_no_version{400, "no HTTP version after the request target"};
constexpr Refusal refuse_version_form{400, "the request line does not end in HTTP/1.1"};
constexpr Refusal refuse_version{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
constexpr Refusal refuse_http2{505, "HTTP/2 without TLS is not spoken here; send HTTP/1.1 instead"};
constexpr Refusal refuse_fold{400, "a field line that begins with white space (obs-fold)"};
constexpr Refusal refuse_no_name{400, "a field line with no name"};
constexpr Refusal refuse_space_before_colon{400, "white space between a field name and its colon"};
constexpr Refusal refuse_no_colon{400, "a field line with no colon"};
constexpr Refusal refuse_name{400, "a byte in a field name that can't stand there"};
constexpr Refusal refuse_no_response{502, "the origin's answer is not an HTTP/1 response"};
constexpr Refusal refuse_tls_response{
    502, "the origin's answer looks like TLS; it does not speak plain HTTP on this port"};
constexpr Refusal refuse_response_version{502, "the origin's answer has another HTTP version"};
constexpr Refusal refuse_status{502, "the origin's answer has no three-digit status"};
constexpr Refusal refuse_status_end{502, "no space after the status in the origin's answer"};

ParseResult incomplete() { return {}; }
ParseResult complete(std::size_t consumed) {
  return {.status = ParseStatus::complete, .consumed = consumed};
}
ParseResult failed(std::uint16_t code, std::string_view reason) {
  return {.status = ParseStatus::failed, .status_code = code, .reason = reason};
}

// A head that scan_head found complete, read from the left. `at` never passes the final empty line,
// because every loop here stops at a CR at the latest.
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

Verdict read_method(Cursor& cursor, std::string_view& method) {
  method = cursor.take_while(token_char);
  if (method.size() > max_method_bytes) return &refuse_method_size;
  if (method.empty() || cursor.peek() != ' ') return &refuse_method;
  cursor.skip(1);
  return nullptr;
}

// scheme "://", as RFC 3986 §3.1 has schemes.
bool is_absolute_form(std::string_view target) noexcept {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos || !is(letter_char, target.front())) return false;
  for (const char c : target.substr(0, colon)) {
    if (!is(letter_char, c) && !is(digit_char, c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

// Which form it takes is for the router to judge; that it takes one is judged here (RFC 9112 §3.2).
bool has_a_form(std::string_view method, std::string_view target) noexcept {
  if (target.front() == '/') return true;
  if (target == "*") return method == "OPTIONS" || method == "PRI";
  return method == "CONNECT" || is_absolute_form(target);
}

Verdict read_target(Cursor& cursor, const HeadLimits& limits, RequestHead& head) {
  head.target = cursor.take_while(target_char);
  if (head.target.size() > limits.target_bytes) return &refuse_target_size;
  const char next = cursor.peek();
  if (next == '#') return &refuse_fragment;
  if (next == '\r') return head.target.empty() ? &refuse_no_target : &refuse_no_version;
  if (next != ' ') return &refuse_target;
  if (head.target.empty()) return &refuse_no_target;
  if (!has_a_form(head.method, head.target)) return &refuse_target_form;
  cursor.skip(1);
  return nullptr;
}

bool is_version(std::string_view text) noexcept {
  return text.size() == version_bytes && text.substr(0, 5) == "HTTP/" && is(digit_char, text[5]) &&
         text[6] == '.' && is(digit_char, text[7]);
}

// False for every other version.
bool known_version(std::string_view text, Version& version) noexcept {
  version = text == "HTTP/1.0" ? Version::http10 : Version::http11;
  return version == Version::http10 || text == "HTTP/1.1";
}

Verdict read_version(Cursor& cursor, RequestHead& head) {
  const std::string_view text = cursor.take_line();
  if (known_version(text, head.version)) {
    return head.target == "*" && head.method == "PRI" ? &refuse_target_form : nullptr;
  }
  if (!is_version(text)) return &refuse_version_form;
  return head.method == "PRI" ? &refuse_http2 : &refuse_version;
}

Verdict read_request_line(Cursor& cursor, const HeadLimits& limits, RequestHead& head) {
  if (Verdict verdict = read_method(cursor, head.method)) return verdict;
  if (Verdict verdict = read_target(cursor, limits, head)) return verdict;
  return read_version(cursor, head);
}

Verdict why_no_name(std::string_view name, char next) {
  if (is_white_space(next)) return name.empty() ? &refuse_fold : &refuse_space_before_colon;
  if (next == ':') return &refuse_no_name;
  return next == '\r' ? &refuse_no_colon : &refuse_name;
}

Verdict read_fields(Cursor& cursor, const HeadLimits& limits, Fields& fields) {
  while (cursor.peek() != '\r') {
    const std::string_view name = cursor.take_while(token_char);
    if (name.empty() || cursor.peek() != ':') return why_no_name(name, cursor.peek());
    if (fields.size() == limits.fields) return &refuse_field_count;
    cursor.skip(1);
    fields.push_back({name, trim(cursor.take_line()), field_id(name)});
  }
  return nullptr;
}

std::size_t count_empty_lines(std::string_view input) noexcept {
  std::size_t lines = 0;
  while (lines < max_empty_lines && input.substr(lines * 2, 2) == empty_line) ++lines;
  return lines;
}

// What the first byte alone gives away; without it a TLS client would wait for an answer until the
// head times out.
Verdict judge_beginning(std::string_view message) {
  constexpr char tls_handshake = 0x16;
  if (message.substr(0, 2) == empty_line) return &refuse_empty_lines;
  if (message == "\r" || is(token_char, message.front())) return nullptr;
  if (message.front() == tls_handshake) return &refuse_tls;
  return message.front() == '\r' || message.front() == '\n' ? &refuse_first_line_end
                                                            : &refuse_no_http;
}

// Asked before the head is complete: a request line without end should not fill the whole limit.
bool request_line_too_long(std::string_view seen, const HeadLimits& limits) noexcept {
  const std::size_t longest =
      max_method_bytes + 1 + limits.target_bytes + 1 + version_bytes + empty_line.size();
  return seen.size() > longest && std::memchr(seen.data(), '\n', longest) == nullptr;
}

/// Whatever an origin does wrong is 502 to a client.
ParseResult failed_response(const Refusal& refusal) {
  ParseResult result = failed(502, refusal.reason);
  result.over_limit = refusal.status_code == 431;
  return result;
}

ParseResult finish(Verdict verdict, std::size_t length) {
  return verdict == nullptr ? complete(length) : failed(verdict->status_code, verdict->reason);
}

// The origin's answer as far as it came, against `HTTP/1.`: what is something else is said at once.
Verdict judge_response_beginning(std::string_view message) {
  constexpr std::string_view expected = "HTTP/1.";
  constexpr char tls_alert = 0x15;
  const std::string_view start = message.substr(0, expected.size());
  if (start == expected.substr(0, start.size())) return nullptr;
  if (message.front() == tls_alert) return &refuse_tls_response;
  return start.substr(0, 5) == "HTTP/" ? &refuse_response_version : &refuse_no_response;
}

Verdict read_status(Cursor& cursor, std::uint16_t& status) {
  const std::string_view digits = cursor.take_while(digit_char);
  if (digits.size() != 3 || digits[0] == '0') return &refuse_status;
  status = static_cast<std::uint16_t>((digits[0] - '0') * 100 + (digits[1] - '0') * 10 +
                                      (digits[2] - '0'));
  return nullptr;
}

Verdict read_status_line(Cursor& cursor, ResponseHead& head) {
  if (cursor.left() <= version_bytes + empty_line.size() || cursor.at()[version_bytes] != ' ' ||
      !known_version({cursor.at(), version_bytes}, head.version)) {
    return &refuse_response_version;
  }
  cursor.skip(version_bytes + 1);
  if (Verdict verdict = read_status(cursor, head.status)) return verdict;
  if (cursor.peek() == ' ') {
    cursor.skip(1);
  } else if (cursor.peek() != '\r') {
    return &refuse_status_end;
  }
  head.reason = cursor.take_line();
  return nullptr;
}

}  // namespace

ParseResult RequestHeadParser::parse(std::string_view input, const HeadLimits& limits,
                                     RequestHead& head) {
  const std::string_view seen = input.substr(0, limits.head_bytes);
  const std::size_t start = count_empty_lines(seen) * empty_line.size();
  if (seen.size() == start) {
    return input.size() > start ? finish(&refuse_head_size, 0) : incomplete();
  }
  if (Verdict verdict = judge_beginning(seen.substr(start))) return finish(verdict, 0);

  const HeadScan scan = scan_head(seen, std::max(searched_, start), false);
  searched_ = scan.outcome == HeadScan::Outcome::more ? scan.length : 0;
  if (request_line_too_long(seen.substr(start, scan.length - start), limits)) {
    return finish(&refuse_target_size, 0);
  }
  switch (scan.outcome) {
    case HeadScan::Outcome::more:
      return seen.size() < limits.head_bytes ? incomplete() : finish(&refuse_head_size, 0);
    case HeadScan::Outcome::wrong:
      return failed(400, describe_wrong(seen, scan));
    case HeadScan::Outcome::end:
      break;
  }
  head.clear();
  Cursor cursor(seen.substr(start, scan.length - start));
  Verdict verdict = read_request_line(cursor, limits, head);
  if (verdict == nullptr) verdict = read_fields(cursor, limits, head.fields);
  return finish(verdict, scan.length);
}

ParseResult ResponseHeadParser::parse(std::string_view input, const HeadLimits& limits,
                                      ResponseHead& head) {
  const std::string_view seen = input.substr(0, limits.head_bytes);
  if (seen.empty()) return incomplete();
  if (Verdict verdict = judge_response_beginning(seen)) return finish(verdict, 0);

  const HeadScan scan = scan_head(seen, searched_, false);
  searched_ = scan.outcome == HeadScan::Outcome::more ? scan.length : 0;
  switch (scan.outcome) {
    case HeadScan::Outcome::more:
      return seen.size() < limits.head_bytes ? incomplete() : failed_response(refuse_head_size);
    case HeadScan::Outcome::wrong:
      return failed(502, describe_wrong(seen, scan));
    case HeadScan::Outcome::end:
      break;
  }
  head.clear();
  Cursor cursor(seen.substr(0, scan.length));
  Verdict verdict = read_status_line(cursor, head);
  if (verdict == nullptr) verdict = read_fields(cursor, limits, head.fields);
  return verdict == nullptr ? complete(scan.length) : failed_response(*verdict);
}

ParseResult parse_trailers(std::string_view input, const HeadLimits& limits, Fields& fields) {
  const std::string_view seen = input.substr(0, limits.head_bytes);
  const HeadScan scan = scan_head(seen, 0, true);
  switch (scan.outcome) {
    case HeadScan::Outcome::more:
      return seen.size() < limits.head_bytes ? incomplete() : finish(&refuse_head_size, 0);
    case HeadScan::Outcome::wrong:
      return failed(400, describe_wrong(seen, scan));
    case HeadScan::Outcome::end:
      break;
  }
  fields.clear();
  Cursor cursor(seen.substr(0, scan.length));
  return finish(read_fields(cursor, limits, fields), scan.length);
}

}  // namespace ccnproxy::http
