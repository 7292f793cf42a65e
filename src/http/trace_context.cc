#include "ccnproxy/http/trace_context.h"

#include <algorithm>
#include <cstddef>

namespace ccnproxy::http {
namespace {

constexpr std::string_view field_name = "traceparent";
constexpr std::size_t version_size = 2;
constexpr std::size_t trace_id_size = 32;
constexpr std::size_t parent_id_size = 16;
constexpr std::size_t flags_size = 2;
constexpr unsigned sampled_flag = 1;

/// In lower case only: an upper-case id is another text to what compares ids.
bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Takes `size` digits off `rest`; empty if they are not there.
std::string_view take_hex(std::string_view& rest, std::size_t size) noexcept {
  const auto digits = rest.substr(0, size);
  if (digits.size() < size || !std::all_of(digits.begin(), digits.end(), is_hex)) return {};
  rest.remove_prefix(size);
  return digits;
}

bool take_dash(std::string_view& rest) noexcept {
  if (!rest.starts_with('-')) return false;
  rest.remove_prefix(1);
  return true;
}

bool is_zero(std::string_view digits) noexcept {
  return digits.find_first_not_of('0') == digits.npos;
}

unsigned digit_value(char c) noexcept {
  return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view value) noexcept {
  TraceContext context;
  const auto version = take_hex(value, version_size);
  if (version.empty() || version == "ff" || !take_dash(value)) return std::nullopt;
  context.trace_id = take_hex(value, trace_id_size);
  if (is_zero(context.trace_id) || !take_dash(value)) return std::nullopt;
  context.parent_id = take_hex(value, parent_id_size);
  if (is_zero(context.parent_id) || !take_dash(value)) return std::nullopt;
  const auto flags = take_hex(value, flags_size);
  if (flags.empty()) return std::nullopt;
  const bool may_go_on = version != "00" && value.starts_with('-');
  if (!value.empty() && !may_go_on) return std::nullopt;
  context.sampled = (digit_value(flags.back()) & sampled_flag) != 0;
  return context;
}

std::optional<TraceContext> trace_context(const Fields& fields) noexcept {
  const Field* only = nullptr;
  for (const Field& field : fields) {
    if (!iequals(field.name, field_name)) continue;
    if (only) return std::nullopt;
    only = &field;
  }
  return only ? parse_traceparent(only->value) : std::nullopt;
}

}  // namespace ccnproxy::http
