#pragma once

#include <string>

namespace ccnproxy::config {

/// One mistake in a configuration. Lines and columns count from 1.
struct Mistake {
  std::string file;  ///< or the flag that the key was given by
  int line = 1;      ///< 0: no place in a file
  int column = 1;
  std::string message;

  /// `FILE:LINE:COL: message`, or `FLAG: message`.
  std::string to_string() const;
};

}  // namespace ccnproxy::config
