#include <algorithm>

#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/http/head_scan.h"
#include "ccnproxy/http/lenient_fields.h"

#include "head_reading.h"

namespace ccnproxy::http {
namespace {

constexpr Refusal refuse_no_response{502, "the origin's answer is not an HTTP/1 response"};
constexpr Refusal refuse_tls_response{
    502, "the origin's answer looks like TLS; it does not speak plain HTTP on this port"};
constexpr Refusal refuse_response_version{502, "the origin's answer has another HTTP version"};
constexpr Refusal refuse_status{502, "the origin's answer has no three-digit status"};

constexpr std::string_view usual_start = "HTTP/1.";
constexpr std::size_t name_bytes = 5;  // HTTP/

/// Whatever an origin does wrong is 502 to a client.
ParseResult failed_response(std::string_view reason, bool over_limit) {
  ParseResult result = failed(502, reason);
  result.over_limit = over_limit;
  return result;
}

bool may_stand_at(std::size_t at, char c, std::string_view message) noexcept {
  if (at < name_bytes) return to_lower(c) == to_lower(usual_start[at]);
  if (at == name_bytes) return c >= '1' && c <= '3';
  return c == '.' || (c == ' ' && message[name_bytes] != '1');
}

// The origin's answer as far as it came, against `HTTP/1.`: what is something else is said at once.
Verdict judge_beginning(std::string_view message) {
  constexpr char tls_alert = 0x15;
  const std::string_view start = message.substr(0, usual_start.size());
  if (start == usual_start.substr(0, start.size())) return nullptr;
  if (message.front() == tls_alert) return &refuse_tls_response;
  for (std::size_t at = 0; at < start.size(); ++at) {
    if (may_stand_at(at, start[at], start)) continue;
    return at < name_bytes ? &refuse_no_response : &refuse_response_version;
  }
  return nullptr;
}

// Takes the version off a status line that judge_beginning has seen. HTTP/1.2 to 1.9 are as 1.1
// (RFC 9110 §2.5); 2 and 3 are what some programs write in front of an HTTP/1 message all the same.
bool take_version(std::string_view& line, ResponseHead& head) noexcept {
  const char major = line[name_bytes];
  const bool has_minor = line.size() > name_bytes + 1 && line[name_bytes + 1] == '.';
  const std::size_t size = name_bytes + (has_minor ? 3 : 1);
  if (line.size() <= size || line[size] != ' ') return false;
  if (has_minor && !is(digit_char, line[size - 1])) return false;
  head.version = major == '1' && line[size - 1] == '0' ? Version::http10 : Version::http11;
  head.faulty = head.faulty || major != '1';
  line.remove_prefix(size);
  return true;
}

bool take_status(std::string_view& line, std::uint16_t& status) noexcept {
  if (line.size() < 3 || !all(digit_char, line.substr(0, 3)) || line[0] == '0') return false;
  if (line.size() > 3 && is(digit_char, line[3])) return false;
  status = static_cast<std::uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0');
  line.remove_prefix(3);
  return true;
}

// The phrase means nothing (RFC 9112 §4): one that is no phrase is left out.
Verdict read_status_line(std::string_view line, ResponseHead& head) noexcept {
  if (line.size() <= name_bytes + 1 || !take_version(line, head)) return &refuse_response_version;
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  if (!take_status(line, head.status)) return &refuse_status;
  if (!line.empty() && is_white_space(line.front())) line.remove_prefix(1);
  head.reason = all(field_char, line) ? line : std::string_view();
  return nullptr;
}

/// By the grammar, in one pass. False: it is not, or is over a limit, which read_leniently() says.
bool read_strictly(std::string_view text, const HeadLimits& limits, ResponseHead& head) {
  Cursor cursor(text);
  return read_status_line(cursor.take_line(), head) == nullptr &&
         read_fields(cursor, limits, head.fields) == nullptr;
}

ParseResult read_leniently(std::string_view text, const HeadLimits& limits, ResponseHead& head) {
  head.clear();
  // Where lines end in both ways, one of them was no line end to another program, perhaps.
  const LineEnds ends = line_ends(text);
  head.faulty = ends.bare && ends.pair;
  std::string_view lines = text;
  bool bare = false;
  if (Verdict verdict = read_status_line(take_lenient_line(lines, bare), head)) {
    return failed_response(verdict->reason, false);
  }
  const LenientFields read = read_lenient_fields(lines, limits, head.repaired, head.fields);
  head.faulty = head.faulty || read.faulty;
  if (!read.refused.empty()) return failed_response(read.refused, read.over_limit);
  return complete(text.size());
}

}  // namespace

ParseResult ResponseHeadParser::parse(std::string_view input, const HeadLimits& limits,
                                      ResponseHead& head) {
  const std::string_view seen = input.substr(0, limits.head_bytes);
  if (seen.empty()) return incomplete();
  if (Verdict verdict = judge_beginning(seen)) {
    return finish(failed_response(verdict->reason, false));
  }
  HeadScan scan;
  if (!lenient_) {
    scan = scan_head(seen, searched_, false);
    lenient_ = scan.outcome == HeadScan::Outcome::wrong;
    if (lenient_) searched_ = 0;
  }
  if (lenient_) scan = scan_lenient_head(seen, searched_, false);
  switch (scan.outcome) {
    case HeadScan::Outcome::more:
      searched_ = scan.length;
      if (seen.size() < limits.head_bytes) return incomplete();
      return finish(failed_response(refuse_head_size.reason, true));
    case HeadScan::Outcome::wrong:
      return finish(failed_response(describe_wrong(seen, scan), false));
    case HeadScan::Outcome::end:
      break;
  }
  const std::string_view text = seen.substr(0, scan.length);
  head.clear();
  if (!lenient_ && read_strictly(text, limits, head)) return finish(complete(text.size()));
  return finish(read_leniently(text, limits, head));
}

ParseResult ResponseHeadParser::finish(const ParseResult& result) noexcept {
  reset();
  return result;
}

}  // namespace ccnproxy::http
