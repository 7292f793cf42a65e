#include "ccnproxy/http/keep_alive.h"

#include <charconv>

#include "ccnproxy/http/head.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::http {
namespace {

/// Longer than any connection lives here.
constexpr std::uint64_t most = 1'000'000'000;

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end || value > most) return std::nullopt;
  return value;
}

}  // namespace

KeepAlive parse_keep_alive(std::string_view value) noexcept {
  KeepAlive said;
  for (std::string_view member; next_member(value, member);) {
    const auto equals = member.find('=');
    if (equals == member.npos) continue;
    const auto n = number(member.substr(equals + 1));
    if (!n) continue;
    const auto name = member.substr(0, equals);
    if (iequals(name, "timeout")) said.timeout = std::chrono::seconds(*n);
    if (iequals(name, "max")) said.max = *n;
  }
  return said;
}

}  // namespace ccnproxy::http
