#pragma once

#include <stdexcept>
#include <string>

namespace ccnproxy {

/// A startup or configuration error with a text for the operator. Texts of other exceptions are for
/// developers and are never shown.
class StartupError : public std::runtime_error {
 public:
  explicit StartupError(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace ccnproxy
