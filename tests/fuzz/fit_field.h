#pragma once

#include <string_view>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::fuzz {

/// Whether a response's field may be written to a client: it is one line, and its name ends where
/// it seems to. Of controls it may hold all but those three.
inline bool is_fit(const http::Field& field) {
  constexpr std::string_view line_ends("\r\n\0", 3);
  return !field.name.empty() && http::all(http::loose_name_char, field.name) &&
         field.value.find_first_of(line_ends) == std::string_view::npos;
}

}  // namespace ccnproxy::fuzz
