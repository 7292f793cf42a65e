#include "ccnproxy/origin/http2_header_block.h"

#include <charconv>

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

}  // namespace ccnproxy::origin
