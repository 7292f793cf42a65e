#include "ccnproxy/http/outgoing_request.h"

#include <charconv>

namespace ccnproxy::http {
namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_length(std::string& out, std::uint64_t length) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, length).ptr;
  append_field(out, "Content-Length", {digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

void append_request_head(std::string& out, const OutgoingRequest& request) {
  out.append(request.method).append(1, ' ').append(request.path).append(" HTTP/1.1\r\n");
  append_field(out, "Host", request.authority);
  for (const auto& field : request.fields) append_field(out, field.name, field.value);
  if (!request.upgrade.empty()) {
    append_field(out, "Connection", "Upgrade");
    append_field(out, "Upgrade", request.upgrade);
  }
  if (request.accepts_trailers) out.append("TE: trailers\r\nConnection: TE\r\n");
  if (request.body.kind == BodyFraming::Kind::chunked) {
    append_field(out, "Transfer-Encoding", "chunked");
  } else if (request.body.declared) {
    append_length(out, request.body.declared_length);
  }
  out.append("\r\n");
}

}  // namespace ccnproxy::http
