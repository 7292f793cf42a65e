#include "ccnproxy/proxy/unsupported_request.h"

#include <algorithm>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::proxy {
namespace {

bool begins_with(std::string_view text, std::string_view prefix) {
  return http::iequals(text.substr(0, prefix.size()), prefix);
}

/// A protocol of this hop alone.
bool is_of_this_hop(std::string_view protocol) {
  return http::iequals(protocol, "h2c") || begins_with(protocol, "HTTP/") ||
         begins_with(protocol, "TLS/");
}

bool names_upgrade(const http::Fields& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const auto& field) {
    return field.id == http::FieldId::connection && http::list_contains(field.value, "upgrade");
  });
}

/// An empty member is nothing to meet.
bool has_other_expectation(std::string_view value) {
  std::string_view member;
  while (http::next_member(value, member)) {
    if (!http::iequals(member, "100-continue")) return true;
  }
  return false;
}

/// `application/grpc` or one with a format behind it, such as `application/grpc+proto`.
bool is_grpc(std::string_view content_type) {
  const auto type = http::trim(content_type.substr(0, content_type.find(';')));
  constexpr std::string_view grpc = "application/grpc";
  return begins_with(type, grpc) && (type.size() == grpc.size() || type[grpc.size()] == '+');
}

}  // namespace

std::string wanted_upgrade(const http::RequestHead& head) {
  std::string wanted;
  if (head.version != http::Version::http11 || !http::find(head.fields, http::FieldId::upgrade) ||
      !names_upgrade(head.fields))
    return wanted;
  for (const auto& field : head.fields) {
    if (field.id != http::FieldId::upgrade) continue;
    std::string_view rest = field.value;
    for (std::string_view member; http::next_member(rest, member);) {
      if (is_of_this_hop(member)) continue;
      wanted.append(wanted.empty() ? "" : ", ").append(member);
    }
  }
  return wanted;
}

std::optional<UnsupportedRequest> find_unsupported(const http::RequestHead& head) {
  for (const auto& field : head.fields) {
    if (field.id == http::FieldId::expect && has_other_expectation(field.value))
      return UnsupportedRequest{417, "an expectation other than 100-continue"};
    if (field.name.size() == 12 && http::iequals(field.name, "content-type") &&
        is_grpc(field.value)) {
      return UnsupportedRequest{
          501,
          "gRPC needs HTTP/2 from end to end, and clients speak HTTP/1.1 here; use "
          "gRPC-Web or a JSON gateway, or connect to the origin itself"};
    }
  }
  return std::nullopt;
}

}  // namespace ccnproxy::proxy
