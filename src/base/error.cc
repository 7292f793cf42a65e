#include "ccnproxy/base/error.h"

#include <stdexcept>

namespace ccnproxy {

std::string_view to_string(ErrorType type) noexcept {
  switch (type) {
    case ErrorType::dns_timeout:
      return "dns_timeout";
    case ErrorType::dns_error:
      return "dns_error";
    case ErrorType::destination_not_found:
      return "destination_not_found";
    case ErrorType::destination_unavailable:
      return "destination_unavailable";
    case ErrorType::destination_ip_prohibited:
      return "destination_ip_prohibited";
    case ErrorType::destination_ip_unroutable:
      return "destination_ip_unroutable";
    case ErrorType::connection_refused:
      return "connection_refused";
    case ErrorType::connection_terminated:
      return "connection_terminated";
    case ErrorType::connection_timeout:
      return "connection_timeout";
    case ErrorType::connection_read_timeout:
      return "connection_read_timeout";
    case ErrorType::connection_write_timeout:
      return "connection_write_timeout";
    case ErrorType::connection_limit_reached:
      return "connection_limit_reached";
    case ErrorType::tls_protocol_error:
      return "tls_protocol_error";
    case ErrorType::tls_certificate_error:
      return "tls_certificate_error";
    case ErrorType::tls_alert_received:
      return "tls_alert_received";
    case ErrorType::http_request_error:
      return "http_request_error";
    case ErrorType::http_request_denied:
      return "http_request_denied";
    case ErrorType::http_response_incomplete:
      return "http_response_incomplete";
    case ErrorType::http_response_header_section_size:
      return "http_response_header_section_size";
    case ErrorType::http_response_body_size:
      return "http_response_body_size";
    case ErrorType::http_response_timeout:
      return "http_response_timeout";
    case ErrorType::http_upgrade_failed:
      return "http_upgrade_failed";
    case ErrorType::http_protocol_error:
      return "http_protocol_error";
    case ErrorType::proxy_internal_response:
      return "proxy_internal_response";
    case ErrorType::proxy_internal_error:
      return "proxy_internal_error";
    case ErrorType::proxy_configuration_error:
      return "proxy_configuration_error";
    case ErrorType::proxy_loop_detected:
      return "proxy_loop_detected";
  }
  return "proxy_internal_error";
}

std::string_view to_string(Side side) noexcept {
  switch (side) {
    case Side::client:
      return "client";
    case Side::origin:
      return "origin";
    case Side::us:
      return "proxy";
  }
  return "proxy";
}

std::string_view to_string(Phase phase) noexcept {
  switch (phase) {
    case Phase::request:
      return "request";
    case Phase::route:
      return "route";
    case Phase::queue:
      return "queue";
    case Phase::dns:
      return "dns";
    case Phase::tcp:
      return "tcp";
    case Phase::tls:
      return "tls";
    case Phase::send:
      return "send";
    case Phase::response:
      return "response";
  }
  return "request";
}

std::string_view to_string(Proof proof) noexcept {
  switch (proof) {
    case Proof::not_sent:
      return "not_sent";
    case Proof::refused:
      return "refused";
    case Proof::no_byte_on_reused:
      return "no_byte_on_reused";
    case Proof::unknown:
      return "unknown";
    case Proof::response_started:
      return "response_started";
  }
  return "unknown";
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error("unchecked error: " + error.detail);
}

}  // namespace ccnproxy
