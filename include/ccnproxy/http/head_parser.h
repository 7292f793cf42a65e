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

/// The outcome of one call. `consumed` is the length of the head with its empty line when complete.
/// `status_code` is what a client is to be told (400, 414, 431, 505 for a request, 502 for a
/// response) and `reason` says why in one line, a view that lives for ever; both are only set on
/// failure.
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

/// The same for responses (RFC 9112 §4). Origins are not trusted either: the same strictness, but a
/// missing reason phrase is allowed. Statuses are 100 to 999 (some origins use their own above
/// 599).
class ResponseHeadParser {
 public:
  ParseResult parse(std::string_view input, const HeadLimits& limits, ResponseHead& head);
  void reset() noexcept { searched_ = 0; }

 private:
  std::size_t searched_ = 0;
};

/// Parses a trailer section (RFC 9112 §7.1.2): field lines up to an empty line, by the same rules.
/// Searches `input` from its beginning each time; fields are views into it.
ParseResult parse_trailers(std::string_view input, const HeadLimits& limits, Fields& fields);

}  // namespace ccnproxy::http
