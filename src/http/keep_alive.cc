#include "ccnproxy/http/keep_alive.h"

#include <algorithm>
#include <charconv>

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

template <class Value>
void lower(std::optional<Value>& least, Value value) noexcept {
  least = least ? std::min(*least, value) : value;
}

void read(std::string_view value, KeepAlive& said) noexcept {
  for (std::string_view member; next_member(value, member);) {
    const auto equals = member.find('=');
    if (equals == member.npos) continue;
    const auto n = number(member.substr(equals + 1));
    if (!n) continue;
    const auto name = member.substr(0, equals);
    if (iequals(name, "timeout")) lower(said.timeout, std::chrono::seconds(*n));
    if (iequals(name, "max")) lower(said.max, *n);
  }
}

}  // namespace

KeepAlive parse_keep_alive(std::string_view value) noexcept {
  KeepAlive said;
  read(value, said);
  return said;
}

KeepAlive parse_keep_alive(const Fields& fields) noexcept {
  KeepAlive said;
  for (const Field& field : fields) {
    if (field.id == FieldId::keep_alive) read(field.value, said);
  }
  return said;
}

}  // namespace ccnproxy::http
