#pragma once

#include <memory>

#include <nghttp2/nghttp2.h>

namespace ccnproxy::origin {

class Http2Connection;
class Http2Memory;

struct FreeHttp2Session {
  void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
};
using Http2SessionPtr = std::unique_ptr<nghttp2_session, FreeHttp2Session>;

/// A client session whose events go to `connection`; that and `memory` must outlive it. Limits on
/// what a hostile peer can make it hold (acknowledgements, SETTINGS entries, CONTINUATION) are
/// nghttp2's, set here. Throws std::bad_alloc.
Http2SessionPtr make_http2_session(Http2Connection& connection, Http2Memory& memory);

}  // namespace ccnproxy::origin
