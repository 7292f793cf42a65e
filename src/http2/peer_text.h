#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ccnproxy::http2 {

/// What a peer sent, for error texts and logs: printable ASCII as it is, a quote, a backslash and
/// all other bytes as \xNN, and no more than `most` characters, "..." included.
std::string printable(std::string_view bytes, std::size_t most = 256);

/// The name of an HTTP/2 error code (RFC 9113 §7); "code 0x1234" where it has none.
std::string http2_error_name(std::uint32_t code);

}  // namespace ccnproxy::http2
