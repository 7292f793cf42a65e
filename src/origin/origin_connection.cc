#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::origin {

std::string_view to_string(Protocol protocol) noexcept {
  return protocol == Protocol::http2 ? "h2" : "http/1.1";
}

}  // namespace ccnproxy::origin
