#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// What a Keep-Alive field says: `timeout=5, max=100` (RFC 2068 §19.7.1.1; no standard any more,
/// but what servers send). Parameters that can't be read count as not given.
struct KeepAlive {
  std::optional<std::chrono::seconds> timeout;
  std::optional<std::uint64_t> max;  ///< requests that may still come
};
KeepAlive parse_keep_alive(std::string_view value) noexcept;
/// Of all Keep-Alive fields of a head together (RFC 9110 §5.3); of two values the lower one counts.
KeepAlive parse_keep_alive(const Fields& fields) noexcept;

}  // namespace ccnproxy::http
