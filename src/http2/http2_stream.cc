#include "ccnproxy/http2/http2_stream.h"

#include "ccnproxy/http2/http2_connection.h"

namespace ccnproxy::http2 {

Http2Stream::Http2Stream(Http2Connection& connection, const http::OutgoingRequest& request,
                         origin::ResponseSink& sink, WindowBudget& windows, MemoryBudget& memory)
    : connection_(connection),
      request_(&request),
      sink_(&sink),
      memory_(memory),
      held_(memory, MemoryBudget::For::origins),
      window_(windows),
      body_ended_(!request.has_body()),
      rules_(request.method) {}

std::size_t Http2Stream::write_body(std::string_view bytes) {
  const auto passed = connection_.pass_upload(*this, bytes);
  bytes.remove_prefix(passed);
  if (bytes.empty()) return passed;
  const auto limit = memory_.under_pressure() ? upload_limit_under_pressure : upload_limit;
  const auto room = limit - std::min(limit, upload_.size());
  const auto taken = std::min(room, bytes.size());
  upload_.append(bytes.substr(0, taken));
  held_.set(upload_.size());
  if (taken < bytes.size()) wants_writable_ = true;
  connection_.resume_upload(*this);
  return passed + taken;
}

bool Http2Stream::takes_body() {
  const bool takes = upload_.size() < upload_enough && !connection_.holds_uploads();
  if (!takes) wants_writable_ = true;
  return takes;
}

void Http2Stream::end_body(const http::Fields& trailers) {
  for (const auto& field : trailers) upload_trailers_.emplace_back(field.name, field.value);
  body_ended_ = true;
  connection_.resume_upload(*this);
}

void Http2Stream::consumed(std::size_t n) {
  consumed_ += n;
  connection_.return_credit(*this, n);
}

void Http2Stream::cancel() {
  sink_ = nullptr;
  request_ = nullptr;
  connection_.reset(*this, NGHTTP2_CANCEL);
}

}  // namespace ccnproxy::http2
