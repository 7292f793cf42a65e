#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::http2 {

/// The rules that one HTTP/2 response is held to as it arrives (RFC 9113 §8), instead of nghttp2's.
/// Strict where two readers could disagree on what a field is or where the message ends; lenient
/// elsewhere, as clients of the origin itself are: white space around a value is for its reader to
/// take off (nghttp2 drops the field), controls in a value stay, equal lengths may be repeated, and
/// a response that can't have a body is not judged by its length or its DATA.
///
/// Each call returns what is wrong, in words that follow the field's name or "the response"; empty
/// if nothing is. Pure.
class Http2ResponseRules {
 public:
  explicit Http2ResponseRules(std::string_view method) noexcept : head_only_(method == "HEAD") {}

  /// One field of the header section or of the trailer section.
  std::string_view on_field(std::string_view name, std::string_view value,
                            http::FieldId id) noexcept;
  /// The end of a section. `status` is that of a header section.
  std::string_view on_section_end(std::uint16_t status, bool end_stream) noexcept;
  /// `size` bytes of DATA, not none.
  std::string_view on_data(std::size_t size) noexcept;
  /// END_STREAM, on whichever frame.
  std::string_view on_end() const noexcept;

  /// Whether the response is over with its header section, which has been read.
  bool has_no_body() const noexcept { return no_body_; }
  /// Of the response whose header section has been read.
  http::BodyFraming framing(bool end_stream) const noexcept;

 private:
  std::string_view on_pseudo_field(std::string_view name, std::string_view value) noexcept;
  void note_length(std::string_view value) noexcept;

  bool head_only_;
  bool final_ = false;       ///< the final response's header section has been read
  bool no_body_ = false;     ///< HEAD, 204, 304
  bool has_status_ = false;  ///< in this section
  bool has_fields_ = false;  ///< other than pseudo-fields, in this section
  bool length_bad_ = false;  ///< Content-Length is not one number
  std::optional<std::uint64_t> length_;
  std::uint64_t received_ = 0;  ///< bytes of DATA
};

}  // namespace ccnproxy::http2
