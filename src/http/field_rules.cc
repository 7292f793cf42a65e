#include "ccnproxy/http/field_rules.h"

#include <algorithm>
#include <array>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::http {
namespace {

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return iequals(text.substr(0, prefix.size()), prefix);
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view known) { return iequals(known, name); });
}

bool is_forwarding_field(std::string_view name) noexcept {
  return iequals(name, "forwarded") || starts_with_ignoring_case(name, "x-forwarded-");
}

// RFC 9110 §7.6.1. Without Trailer, which is for every recipient there, and with the fields that
// only a proxy's own dialogue with its client uses.
bool is_hop_by_hop(FieldId id) noexcept {
  switch (id) {
    case FieldId::connection:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::transfer_encoding:
    case FieldId::upgrade:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authorization:
    case FieldId::http2_settings:
      return true;
    default:
      return false;
  }
}

// Fields that Connection can't remove (F086): those that frame and route the message, identify the
// sender, or make a retry safe.
bool is_protected(const Field& field) noexcept {
  switch (field.id) {
    case FieldId::content_length:
    case FieldId::date:
    case FieldId::expect:
    case FieldId::host:
    case FieldId::via:
    case FieldId::idempotency_key:
      return true;
    default:
      return is_forwarding_field(field.name);
  }
}

bool names_others(std::string_view value) noexcept {
  std::string_view member;
  while (next_member(value, member)) {
    if (!iequals(member, "close") && !iequals(member, "keep-alive")) return true;
  }
  return false;
}

// Framing, routing, request modifiers, authentication, response control and content processing:
// what a recipient must know before the body (RFC 9110 §6.5.1).
constexpr std::array<std::string_view, 25> not_in_trailers = {"age",
                                                              "authorization",
                                                              "cache-control",
                                                              "content-encoding",
                                                              "content-location",
                                                              "content-range",
                                                              "content-type",
                                                              "cookie",
                                                              "early-data",
                                                              "expires",
                                                              "if-match",
                                                              "if-modified-since",
                                                              "if-none-match",
                                                              "if-range",
                                                              "if-unmodified-since",
                                                              "location",
                                                              "max-forwards",
                                                              "pragma",
                                                              "range",
                                                              "retry-after",
                                                              "set-cookie",
                                                              "set-cookie2",
                                                              "vary",
                                                              "warning",
                                                              "www-authenticate"};

}  // namespace

HopByHop::HopByHop(const Fields& fields) : fields_(fields) {
  names_others_ = std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.id == FieldId::connection && names_others(field.value);
  });
}

bool HopByHop::drops(const Field& field) const noexcept {
  if (is_hop_by_hop(field.id)) return true;
  if (!names_others_ || is_protected(field)) return false;
  return std::any_of(fields_.begin(), fields_.end(), [&field](const Field& connection) {
    return connection.id == FieldId::connection && list_contains(connection.value, field.name);
  });
}

bool trailer_allowed(const Field& field) noexcept {
  if (field.id != FieldId::other) return false;
  return !is_forwarding_field(field.name) && !is_one_of(not_in_trailers, field.name);
}

bool is_idempotent(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE" ||
         method == "PUT" || method == "DELETE";
}

void append_sf_string(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    if (c < 0x20 || c > 0x7e) continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

std::string proxy_status(std::string_view error_type, std::string_view details) {
  std::string value = "ccnproxy; error=";
  value += error_type;
  if (!details.empty()) {
    value += "; details=";
    append_sf_string(value, details);
  }
  return value;
}

}  // namespace ccnproxy::http
