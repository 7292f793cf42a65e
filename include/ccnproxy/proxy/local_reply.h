#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/error.h"

namespace ccnproxy::proxy {

/// An answer that this proxy gives itself.
struct LocalReplyMessage {
  std::uint16_t status = 200;
  std::string_view error_type;  ///< RFC 9209 type, empty if it is no error
  std::string_view text;        ///< one line for a person at curl
  std::string_view request_id_name;
  std::string_view request_id;     ///< empty: none is known
  bool head_only = false;          ///< it answers HEAD
  bool tells_methods = false;      ///< Allow, as an answer to OPTIONS; 405 always has it
  bool close = false;              ///< Connection: close
  bool http10_keep_alive = false;  ///< an HTTP/1.0 client has asked to keep the connection
  std::uint32_t retry_after = 1;   ///< seconds; told with 503 (RFC 9110 §10.2.3)
  std::string_view date = {};      ///< Date (RFC 9110 §6.6.1)
  std::string_view type = "text/plain; charset=utf-8";  ///< of `text`
};

/// Appends it as an HTTP/1.1 message.
void append_local_reply(std::string& out, const LocalReplyMessage& response);

/// The status that a client gets for an error (docs/errors.md).
std::uint16_t status_of(const Error& error) noexcept;

}  // namespace ccnproxy::proxy
