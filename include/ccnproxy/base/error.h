#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/system/result.hpp>

namespace ccnproxy {

/// The type of an error: the closed set of RFC 9209 §2.3. Proxy-Status, the access log and the
/// metrics use the same word.
enum class ErrorType : std::uint8_t {
  dns_timeout,
  dns_error,
  destination_not_found,
  destination_unavailable,
  destination_ip_prohibited,
  destination_ip_unroutable,
  connection_refused,
  connection_terminated,
  connection_timeout,
  connection_read_timeout,
  connection_write_timeout,
  connection_limit_reached,
  tls_protocol_error,
  tls_certificate_error,
  tls_alert_received,
  http_request_error,
  http_request_denied,
  http_response_incomplete,
  http_response_header_section_size,
  http_response_body_size,
  http_response_timeout,
  http_upgrade_failed,
  http_protocol_error,
  proxy_internal_response,
  proxy_internal_error,
  proxy_configuration_error,
  proxy_loop_detected,
};

/// The side that caused an error.
enum class Side : std::uint8_t { client, origin, us };

/// The phase of an exchange in which an error occurred.
enum class Phase : std::uint8_t { request, route, queue, dns, tcp, tls, send, response };

/// What is known about whether the origin acted on a request. Retries are decided from this alone
/// (RFC 9110 §9.2.2, RFC 9113 §8.7), never from guesses.
enum class Proof : std::uint8_t {
  not_sent,  ///< no byte of the request was given to the kernel
  refused,   ///< the origin said that it did not process it (REFUSED_STREAM, GOAWAY below it)
  no_byte_on_reused,  ///< sent on a connection used before, which then ended without one byte of
                      ///< response
  unknown,            ///< sent; whether it was acted on can't be known
  response_started,   ///< a final response head arrived
};

std::string_view to_string(ErrorType) noexcept;
std::string_view to_string(Side) noexcept;
std::string_view to_string(Phase) noexcept;
std::string_view to_string(Proof) noexcept;

/// A failure as users see it: type, side, phase, and the cause as a line of text.
struct Error {
  ErrorType type = ErrorType::proxy_internal_error;
  Side side = Side::us;
  Phase phase = Phase::request;
  Proof proof = Proof::unknown;
  std::string detail;  ///< one line for a person; holds no private data of a request
};

template <class T>
using Result = boost::system::result<T, Error>;

/// Lets Result<T>::value() throw where a failure can only be a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location&);

}  // namespace ccnproxy
