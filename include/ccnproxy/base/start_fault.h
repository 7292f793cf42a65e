#pragma once

#include <stdexcept>
#include <string>

namespace ccnproxy {

/// A startup or configuration error with a text for the operator. Texts of other exceptions are for
/// developers and are never shown.
class StartFault : public std::runtime_error {
 public:
  explicit StartFault(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace ccnproxy
