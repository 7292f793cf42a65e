#include "ccnproxy/http/head_parser.h"

#include <algorithm>
#include <cstring>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/head_scan.h"

#include "head_reading.h"

namespace ccnproxy::http {
namespace {

// Long enough for every registered method and those of WebDAV; a bound on what the log shows.
constexpr std::size_t max_method_bytes = 64;
constexpr std::size_t max_empty_lines = 2;  // before a request line (RFC 9112 §2.2)

constexpr Refusal refuse_tls{400, "this looks like TLS; this port speaks plain HTTP"};
constexpr Refusal refuse_no_http{400, "this is not HTTP: a request begins with a method"};
constexpr Refusal refuse_first_line_end{400, "a stray line end before the request line"};
constexpr Refusal refuse_empty_lines{400, "too many empty lines before the request line"};
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

// HTTP/1.0, or 1.1 and what is compatible with it (RFC 9110 §2.5). False for every other version.
bool known_version(std::string_view text, Version& version) noexcept {
  version = Version::http11;
  if (text == "HTTP/1.1") return true;
  if (!is_version(text) || text[5] != '1') return false;
  version = text[7] == '0' ? Version::http10 : Version::http11;
  return true;
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
