#pragma once

#include <cstddef>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http2 {

/// The header block that is arriving on a stream, as references to nghttp2's own buffers. Bounded
/// by its owner. Cleared between blocks; keeps its capacity.
class Http2HeaderBlock {
 public:
  Http2HeaderBlock() = default;
  ~Http2HeaderBlock() { clear(); }
  Http2HeaderBlock(const Http2HeaderBlock&) = delete;
  Http2HeaderBlock& operator=(const Http2HeaderBlock&) = delete;

  void add(nghttp2_rcbuf* name, nghttp2_rcbuf* value, http::FieldId id);
  void clear();
  /// Name, value and 32 bytes a field (RFC 9113 §10.5.1).
  std::size_t size() const noexcept { return size_; }
  std::size_t count() const noexcept { return held_.size(); }
  /// Unless it has held unusually many fields.
  bool is_worth_keeping() const noexcept { return held_.capacity() <= 64; }
  /// The block as a head; the status from `:status` (0 if there is none). Values without the white
  /// space around them (RFC 9110 §5.5). Valid until clear().
  const http::ResponseHead& head();

 private:
  struct Held {
    nghttp2_rcbuf* name;
    nghttp2_rcbuf* value;
    http::FieldId id;
  };
  std::vector<Held> held_;
  http::ResponseHead head_;
  std::size_t size_ = 0;
};

}  // namespace ccnproxy::http2
