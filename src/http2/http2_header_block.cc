#include "ccnproxy/http2/http2_header_block.h"

#include <charconv>

#include "ccnproxy/http/characters.h"

namespace ccnproxy::http2 {
namespace {

std::string_view view(nghttp2_rcbuf* buffer) {
  const auto v = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(v.base), v.len};
}

}  // namespace

void Http2HeaderBlock::add(nghttp2_rcbuf* name, nghttp2_rcbuf* value, http::FieldId id) {
  nghttp2_rcbuf_incref(name);
  nghttp2_rcbuf_incref(value);
  held_.push_back({name, value, id});
  size_ += view(name).size() + view(value).size() + 32;
}

void Http2HeaderBlock::clear() {
  for (const auto& held : held_) {
    nghttp2_rcbuf_decref(held.name);
    nghttp2_rcbuf_decref(held.value);
  }
  held_.clear();
  head_.clear();
  size_ = 0;
}

const http::ResponseHead& Http2HeaderBlock::head() {
  head_.clear();
  for (const auto& held : held_) {
    const auto name = view(held.name);
    const auto value = http::trim(view(held.value));
    if (name == ":status") {
      std::from_chars(value.data(), value.data() + value.size(), head_.status);
    } else if (!name.starts_with(':')) {
      head_.fields.push_back({name, value, held.id});
    }
  }
  return head_;
}

}  // namespace ccnproxy::http2
