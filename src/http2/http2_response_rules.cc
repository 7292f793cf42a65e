#include "ccnproxy/http2/http2_response_rules.h"

#include <algorithm>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::http2 {
namespace {

bool is_lower_case_name(std::string_view name) noexcept {
  return http::is_token(name) &&
         std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// What would end a field line of HTTP/1.1, or its reader's string.
bool breaks_lines(std::string_view value) noexcept {
  return value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos;
}

/// Three digits, 100 or more; 101 is no status of HTTP/2 (RFC 9113 §8.6).
bool is_status(std::string_view value) noexcept {
  return value.size() == 3 && http::all(http::digit_char, value) && value[0] != '0' &&
         value != "101";
}

}  // namespace

std::string_view Http2ResponseRules::on_pseudo_field(std::string_view name,
                                                     std::string_view value) noexcept {
  if (final_) return "is no field of a trailer section";
  if (name != ":status") return "is no field of a response";
  if (has_fields_) return "comes after other fields";
  if (has_status_) return "is repeated";
  has_status_ = true;
  return is_status(value) ? "" : "is no valid status";
}

std::string_view Http2ResponseRules::on_field(std::string_view name, std::string_view value,
                                              http::FieldId id) noexcept {
  using Id = http::FieldId;
  if (name.starts_with(':')) return on_pseudo_field(name, value);
  has_fields_ = true;
  if (!is_lower_case_name(name)) return "is no lower-case field name";
  if (breaks_lines(value)) return "has CR, LF or NUL in its value";
  switch (id) {
    case Id::connection:
    case Id::keep_alive:
    case Id::proxy_connection:
    case Id::transfer_encoding:
    case Id::upgrade:
      return "must not be in HTTP/2 (RFC 9113 section 8.2.2)";
    case Id::content_length:
      if (!final_) note_length(value);
      return "";
    default:
      return "";
  }
}

/// Equal values may be repeated, in one field or in several (RFC 9112 §6.3).
void Http2ResponseRules::note_length(std::string_view value) noexcept {
  std::string_view member;
  bool any = false;
  while (http::next_member(value, member)) {
    std::uint64_t length = 0;
    any = true;
    if (!http::parse_content_length(member, length) || (length_ && *length_ != length)) {
      length_bad_ = true;
    } else {
      length_ = length;
    }
  }
  if (!any) length_bad_ = true;
}

std::string_view Http2ResponseRules::on_section_end(std::uint16_t status,
                                                    bool end_stream) noexcept {
  if (final_) return end_stream ? on_end() : "has a second header section";
  if (!has_status_) return "has no :status";
  if (status < 200) {
    has_status_ = has_fields_ = length_bad_ = false;
    length_.reset();
    return end_stream ? "ends before its final status" : "";
  }
  final_ = true;
  no_body_ = head_only_ || status == 204 || status == 304;
  if (length_bad_) length_.reset();
  if (length_bad_ && !no_body_) return "has no valid content-length";
  return end_stream ? on_end() : "";
}

std::string_view Http2ResponseRules::on_data(std::size_t size) noexcept {
  if (!final_) return "has DATA before its final header section";
  received_ += size;
  if (!no_body_ && length_ && received_ > *length_) return "is longer than its content-length";
  return "";
}

std::string_view Http2ResponseRules::on_end() const noexcept {
  if (!final_) return "ends before its final status";
  if (!no_body_ && length_ && received_ != *length_) return "is shorter than its content-length";
  return "";
}

http::BodyFraming Http2ResponseRules::framing(bool end_stream) const noexcept {
  using Kind = http::BodyFraming::Kind;
  http::BodyFraming framing;
  framing.declared = length_.has_value();
  framing.declared_length = length_.value_or(0);
  if (end_stream || no_body_) return framing;
  framing.kind = framing.declared ? Kind::length : Kind::until_close;
  framing.length = framing.declared_length;
  return framing;
}

}  // namespace ccnproxy::http2
