#pragma once

#include <stdexcept>
#include <string>

namespace ccnproxy {

/// Why a process can't start, or a configuration can't be put in force, in words for its operator.
/// The text of any other exception is for programmers and is never shown.
class StartFault : public std::runtime_error {
 public:
  explicit StartFault(const std::string& what) : std::runtime_error(what) {}
};

}  // namespace ccnproxy
