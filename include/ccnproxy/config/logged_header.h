#pragma once

#include <string_view>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// The value of a masked field in the access log.
inline constexpr std::string_view mask = "***";

/// The header field `name`, in any case, as the access log takes it: masked if its values are
/// credentials, as those of Authorization, Cookie, X-Api-Key and of each field with such a word in
/// its name; Referer and Location without the query, which often holds some.
LoggedHeader logged_header(std::string_view name);

}  // namespace ccnproxy::config
