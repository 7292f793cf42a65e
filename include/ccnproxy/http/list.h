#pragma once

#include <string_view>

namespace ccnproxy::http {

/// Takes the next member off a comma-separated list (RFC 9110 §5.6.1), without the white space
/// around it; empty members are passed over. For lists of tokens: a comma in a quoted string is a
/// comma. False at the end of the list.
bool next_member(std::string_view& list, std::string_view& member) noexcept;

/// The same for lists with members that may have parameters: a comma in a quoted string (RFC 9110
/// §5.6.4) ends no member. One without its closing quote goes to the end of the list.
bool next_element(std::string_view& list, std::string_view& element) noexcept;

}  // namespace ccnproxy::http
