#include "ccnproxy/proxy/local_reply.h"

#include "ccnproxy/http/field_rules.h"

namespace ccnproxy::proxy {

void append_local_reply(std::string& out, const LocalReplyMessage& r) {
  const auto line = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  out.append("HTTP/1.1 ")
      .append(std::to_string(r.status))
      .append(1, ' ')
      .append(http::reason_phrase(r.status))
      .append("\r\n");
  if (!r.date.empty()) line("Date", r.date);
  line("Content-Type", r.type);
  line("Content-Length", std::to_string(r.text.size() + 1));
  if (!r.error_type.empty()) line("Proxy-Status", http::proxy_status(r.error_type, r.text));
  if (r.status == 503) line("Retry-After", std::to_string(r.retry_after));
  if (r.status == 405 || r.tells_methods)
    line("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (!r.request_id.empty()) line(r.request_id_name, r.request_id);
  if (r.close) line("Connection", "close");
  if (!r.close && r.http10_keep_alive) line("Connection", "keep-alive");
  out.append("\r\n");
  if (!r.head_only) out.append(r.text).append("\n");
}

std::uint16_t status_of(const Error& error) noexcept {
  switch (error.type) {
    case ErrorType::dns_timeout:
    case ErrorType::connection_timeout:
    case ErrorType::connection_read_timeout:
    case ErrorType::connection_write_timeout:
    case ErrorType::http_response_timeout:
      return 504;
    case ErrorType::connection_limit_reached:
    case ErrorType::destination_unavailable:
      return 503;
    case ErrorType::destination_ip_prohibited:
    case ErrorType::http_request_denied:
      return 403;
    case ErrorType::proxy_loop_detected:
      return 508;
    case ErrorType::http_request_error:
      return 400;
    case ErrorType::proxy_internal_error:
      return 500;
    default:
      return 502;
  }
}

}  // namespace ccnproxy::proxy
