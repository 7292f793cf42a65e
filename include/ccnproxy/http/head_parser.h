#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// Bounds on what a peer may send as a head. Bytes and counts.
struct HeadLimits {
  std::size_t head_bytes = 64 * 1024;
  std::size_t fields = 256;
  std::size_t target_bytes = 16 * 1024;
};

/// What a parser found. `failed` is final: the connection can't be understood any more.
enum class ParseStatus : std::uint8_t { incomplete, complete, failed };

/// The outcome of one call. `consumed` is the length of a complete head with its empty line. On
/// failure `status_code` is the client's status (400, 414, 431, 505 for a request, 502 for a
/// response) and `reason` one line of text, a view of static storage; both are set only then.
struct ParseResult {
  ParseStatus status = ParseStatus::incomplete;
  std::size_t consumed = 0;
  std::uint16_t status_code = 0;
  std::string_view reason = {};
  bool over_limit = false;  ///< it failed for its size, not for its form
};

/// Reads HTTP/1 request heads (RFC 9112 §2, §3, §5) and refuses whatever could be read two ways:
/// bare CR or LF, obs-fold, white space before a colon, NUL and controls, names that are no token.
/// Empty lines before a request line are skipped as §2.2 says, at most two.
///
/// Not incremental in its output, only in its search: call it with all bytes since the message
/// began, as often as more arrive; it looks at each byte for the end of the head once. What comes
/// out does not depend on how the bytes were cut. A complete or failed head resets it. Pure, no
/// allocation but the growth of `head.fields`; one parser a connection, no locking.
class RequestHeadParser {
 public:
  /// On failure `head` holds what was understood until then: fit for a log, for nothing else.
  ParseResult parse(std::string_view input, const HeadLimits& limits, RequestHead& head);
  void reset() noexcept { searched_ = 0; }

 private:
  std::size_t searched_ = 0;
};

/// Reads HTTP/1 response heads (RFC 9112 §4), as curl, nginx and haproxy do where they agree: what
/// an application gets from an origin itself, it gets through us.
///
/// Taken, beyond the grammar: lines that end in LF alone, obs-fold (replaced by SP, §5.2), white
/// space before a colon (removed, §5.1), field names that are no token, controls in values, a
/// missing or odd reason phrase, several SP before the status, versions 1.2 to 1.9, 2 and 3, and
/// `http/` in lower case. Refused: CR without LF, NUL, a line without a colon or a name, and
/// all else that is no status line. Where such an oddity is of a kind by which readers could frame
/// the message differently, `head.faulty` is set. Statuses are 100 to 999 (some origins use their
/// own above 599).
///
/// A head by the grammar is looked at once, as a request's; only another one is read again and, if
/// its field lines need it, copied (ResponseHead::repaired). Same calls as RequestHeadParser.
class ResponseHeadParser {
 public:
  ParseResult parse(std::string_view input, const HeadLimits& limits, ResponseHead& head);
  void reset() noexcept {
    searched_ = 0;
    lenient_ = false;
  }

 private:
  ParseResult finish(const ParseResult& result) noexcept;

  std::size_t searched_ = 0;
  bool lenient_ = false;  ///< the lines searched so far are not all by the grammar
};

/// Parses a request's trailer section (RFC 9112 §7.1.2): field lines up to an empty line, by the
/// same rules as its head. Searches `input` from its beginning each time; fields are views into it.
ParseResult parse_trailers(std::string_view input, const HeadLimits& limits, Fields& fields);

}  // namespace ccnproxy::http
