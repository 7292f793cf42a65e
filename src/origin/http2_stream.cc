#include "ccnproxy/origin/http2_stream.h"

#include <charconv>

#include "ccnproxy/origin/http2_connection.h"

namespace ccnproxy::origin {
namespace {

std::string_view view(nghttp2_rcbuf* buffer) {
  const auto v = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(v.base), v.len};
}

}  // namespace

void Http2HeaderBlock::add(nghttp2_rcbuf* name, nghttp2_rcbuf* value) {
  nghttp2_rcbuf_incref(name);
  nghttp2_rcbuf_incref(value);
  held_.push_back(name);
  held_.push_back(value);
  size_ += view(name).size() + view(value).size() + 32;
}

void Http2HeaderBlock::clear() {
  for (auto* buffer : held_) nghttp2_rcbuf_decref(buffer);
  held_.clear();
  head_.clear();
  size_ = 0;
}

const http::ResponseHead& Http2HeaderBlock::head() {
  head_.clear();
  for (std::size_t i = 0; i < held_.size(); i += 2) {
    const auto name = view(held_[i]);
    const auto value = view(held_[i + 1]);
    if (name == ":status") {
      std::from_chars(value.data(), value.data() + value.size(), head_.status);
    } else if (!name.starts_with(':')) {
      head_.fields.push_back({name, value, http::field_id(name)});
    }
  }
  return head_;
}

Http2Stream::Http2Stream(Http2Connection& connection, const http::OutgoingRequest& request,
                         ResponseSink& sink, WindowBudget& windows, MemoryBudget& memory)
    : connection_(connection),
      request_(&request),
      sink_(&sink),
      memory_(memory),
      held_(memory, MemoryBudget::For::origins),
      window_(windows),
      body_ended_(!request.has_body()) {}

std::size_t Http2Stream::write_body(std::string_view bytes) {
  const auto limit = memory_.tight() ? tight_upload_limit : upload_limit;
  const auto room = limit - std::min(limit, upload_.size());
  const auto taken = std::min(room, bytes.size());
  upload_.append(bytes.substr(0, taken));
  held_.set(upload_.size());
  if (taken < bytes.size()) wants_writable_ = true;
  connection_.resume_upload(*this);
  return taken;
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

}  // namespace ccnproxy::origin
