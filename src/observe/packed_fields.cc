#include "ccnproxy/observe/packed_fields.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "ccnproxy/observe/record_codec.h"

namespace ccnproxy::observe {
namespace {

using Length = std::uint16_t;
static_assert(max_logged_value <= UINT16_MAX && max_logged_string <= UINT16_MAX);

void append(std::string& packed, std::string_view text) {
  const auto length = static_cast<Length>(text.size());
  packed.append(reinterpret_cast<const char*>(&length), sizeof length).append(text);
}

bool take(std::string_view& packed, std::string_view& text) noexcept {
  Length length = 0;
  if (packed.size() < sizeof length) return false;
  std::memcpy(&length, packed.data(), sizeof length);
  packed.remove_prefix(sizeof length);
  if (packed.size() < length) return false;
  text = packed.substr(0, length);
  packed.remove_prefix(length);
  return true;
}

}  // namespace

void append_field(std::string& packed, std::string_view name, std::string_view value) {
  const auto needed = packed.size() + name.size() + 2 * sizeof(Length);
  if (needed >= max_logged_string) return;
  append(packed, name);
  append(packed, value.substr(0, std::min(max_logged_value, max_logged_string - needed)));
}

bool next_field(std::string_view& packed, LoggedField& field) noexcept {
  return take(packed, field.name) && take(packed, field.value);
}

}  // namespace ccnproxy::observe
