#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/http2/http2_header_block.h"
#include "ccnproxy/http2/http2_response_rules.h"
#include "ccnproxy/http2/window_policy.h"
#include "ccnproxy/origin/interim_limiter.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::http2 {

class Http2Connection;
struct AllStreamsTag;
struct TouchedTag;

/// One request on an HTTP/2 connection. nghttp2's callbacks only change its fields and mark it as
/// touched; its connection tells the sink afterwards (deliver()).
class Http2Stream final
    : public origin::OriginStream,
      public boost::intrusive::list_base_hook<boost::intrusive::tag<AllStreamsTag>>,
      public boost::intrusive::list_base_hook<boost::intrusive::tag<TouchedTag>> {
 public:
  Http2Stream(Http2Connection& connection, const http::OutgoingRequest& request,
              origin::ResponseSink& sink, WindowBudget& windows, MemoryBudget& memory);

  std::size_t write_body(std::string_view bytes) override;
  bool takes_body() override;
  void end_body(const http::Fields& trailers) override;
  void consumed(std::size_t n) override;
  void cancel() override;
  bool sent() const override { return body_ended_ && upload_.empty(); }

  /// Whether it holds bytes that its client has not taken.
  bool waits_for_client() const noexcept { return received_ > consumed_; }

 private:
  friend class Http2Connection;
  friend struct Http2Callbacks;
  /// As much of an upload as is held for a stream; more than a bandwidth-delay product is in the
  /// socket's buffer, so this only has to bridge one turn.
  static constexpr std::size_t upload_limit = 256 * 1024;
  /// The same where memory is under pressure: a few round trips more for fast clients, a quarter of
  /// the memory that slow ones hold.
  static constexpr std::size_t upload_limit_under_pressure = 64 * 1024;
  /// With so much held no more is asked for.
  static constexpr std::size_t upload_enough = 64 * 1024;

  Http2Connection& connection_;
  const http::OutgoingRequest* request_;
  origin::ResponseSink* sink_;
  std::int32_t id_ = -1;
  std::unique_ptr<Http2HeaderBlock> block_;  ///< from the first field until it has been told
  ByteQueue upload_;
  std::string_view passing_;  ///< of the client's buffer, during Http2Connection::pass_upload()
  bool has_front_ = false;    ///< what is in front of `passing_` is not needed any more
  MemoryBudget& memory_;
  BufferCharge held_;  ///< upload_
  std::vector<std::pair<std::string, std::string>> upload_trailers_;
  WindowPolicy window_;
  std::uint64_t received_ = 0;
  std::uint64_t consumed_ = 0;
  std::optional<std::uint64_t>
      first_byte_at_;  ///< offset of its HEADERS in all that was queued for the socket
  origin::InterimLimiter interim_limiter_;
  bool interim_ = false;   ///< a 1xx head has come
  bool body_ended_;        ///< the client's body is complete
  bool deferred_ = false;  ///< nghttp2 waits for body bytes
  bool wants_writable_ = false;
  bool on_aged_ = false;     ///< the connection had stood for a while when it was opened
  bool final_head_ = false;  ///< the final response head was delivered
  bool done_ = false;        ///< the response is complete
  bool closed_ = false;      ///< nghttp2 has forgotten it
  bool lingers_ = false;     ///< it is over but for the peer's END_STREAM
  bool reset_by_peer_ = false;
  Http2ResponseRules rules_;
  std::optional<Error> failure_;
};

}  // namespace ccnproxy::http2
