#pragma once

#include <cstdint>
#include <memory>

#include <nghttp2/nghttp2.h>

namespace ccnproxy::http2 {

class Http2Connection;
class Http2Memory;

/// Bound of the table in which HPACK remembers fields of responses (RFC 7541 §4.2). It is the
/// default, and said all the same: nginx adds fields to the table that it never refers to, and ends
/// that when it is told any size; else each answer takes memory until the table is full. Less would
/// be an error with origins that do not confirm a smaller table.
inline constexpr std::uint32_t header_table_bytes = 4096;

struct FreeHttp2Session {
  void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
};
using Http2SessionPtr = std::unique_ptr<nghttp2_session, FreeHttp2Session>;

/// A client session whose events go to `connection`; that and `memory` must outlive it. Limits on
/// what a hostile peer can make it hold (acknowledgements, SETTINGS entries, CONTINUATION) are
/// nghttp2's, set here. Throws std::bad_alloc.
Http2SessionPtr make_http2_session(Http2Connection& connection, Http2Memory& memory);

}  // namespace ccnproxy::http2
