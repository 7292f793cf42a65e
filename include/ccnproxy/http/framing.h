#pragma once

#include <cstdint>
#include <string_view>

#include "ccnproxy/base/error.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// How a message body ends (RFC 9112 §6.3).
struct BodyFraming {
  enum class Kind : std::uint8_t { none, length, chunked, until_close };
  Kind kind = Kind::none;
  std::uint64_t length = 0;  ///< bytes, with Kind::length (never 0: that is none)
  bool declared =
      false;  ///< a Content-Length stood in the head (also on HEAD and 304, and when it is 0)
  std::uint64_t declared_length = 0;
  /// Of a response: what frames it contradicts itself or its status. It is read as the RFC says,
  /// and its connection is not kept (RFC 9112 §6.3).
  bool faulty = false;

  bool operator==(const BodyFraming&) const = default;
};

/// The reason why a message can't be framed: the client's status (400, 501; 502 if the origin
/// caused it) and one line of text, a view of static storage.
struct FramingFailure {
  std::uint16_t status_code = 400;
  std::string_view reason;
};

/// The body of a request (RFC 9112 §6.1 to §6.3). Refused: Content-Length with Transfer-Encoding,
/// repeated, listed, signed, spaced or overflowing lengths, any coding but one `chunked` (400 where
/// chunked is not the last one, 501 for others before it), Transfer-Encoding in HTTP/1.0.
boost::system::result<BodyFraming, FramingFailure> request_framing(const RequestHead& head);

/// The one Host of a request (RFC 9112 §3.2): exactly one, valid by is_valid_host, in HTTP/1.1; at
/// most one in HTTP/1.0, "" where it is absent. A view into the head. Whether an absolute-form
/// target overrides it is for the caller to decide, after this.
boost::system::result<std::string_view, FramingFailure> request_host(const RequestHead& head);

/// The body of a response to `request_method`, with 502 as the status of every failure. For
/// responses that came over HTTP/1 (`transfer-encoding` in HTTP/2 is refused elsewhere).
///
/// HEAD, 1xx, 204 and 304 have none, whatever the fields say (RFC 9112 §6.3 rule 1); what a 1xx or
/// 204 declares is not reported, as it must not be passed on (RFC 9110 §8.6). Of other responses
/// are taken: Content-Length repeated with one value (rule 5), chunked with Content-Length, which
/// counts for nothing (rule 3), chunked in HTTP/1.0 (RFC 9112 §6.1), the coding `identity` and
/// empty list members, as if they were not there. Refused: different or malformed lengths, chunked
/// twice, other codings.
boost::system::result<BodyFraming, FramingFailure> response_framing(std::string_view request_method,
                                                                    const ResponseHead& head);

/// Strict 1*DIGIT without overflow (RFC 9110 §8.6); nothing else is accepted.
bool parse_content_length(std::string_view text, std::uint64_t& value) noexcept;

/// Whether the connection may carry another message after this one (RFC 9112 §9.3): HTTP/1.1 unless
/// `Connection: close`, HTTP/1.0 only with `Connection: keep-alive`; close wins.
bool is_persistent(Version version, const Fields& fields) noexcept;

[[noreturn]] void throw_exception_from_error(const FramingFailure&, const boost::source_location&);

}  // namespace ccnproxy::http
