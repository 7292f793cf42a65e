#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ccnproxy::observe {

/// Header fields of one message on their way to the access log's thread: names and values, each
/// after its length, so that no byte of a value can be taken for the next name.
struct LoggedField {
  std::string_view name;
  std::string_view value;
};

/// No more of a value is logged.
inline constexpr std::size_t max_logged_value = 1024;

/// Appends a field to `packed`, which never grows beyond max_logged_string: the value is cut to
/// what there is room for, and a field without room is left out.
void append_field(std::string& packed, std::string_view name, std::string_view value);

/// Takes the first field off `packed`; false if there is none.
bool next_field(std::string_view& packed, LoggedField& field) noexcept;

}  // namespace ccnproxy::observe
