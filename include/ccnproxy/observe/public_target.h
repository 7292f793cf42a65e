#pragma once

#include <string_view>

namespace ccnproxy::observe {

/// A request target without its secrets: `path?secret#secret`, and `http://user:secret@host/`
/// (F108).
struct PublicTarget {
  std::string_view before;  ///< the user information that is left out
  std::string_view after;   ///< it, up to the query
};
PublicTarget public_part(std::string_view target) noexcept;

}  // namespace ccnproxy::observe
