#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// One mistake in a configuration file. Lines and columns count from 1.
struct Mistake {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;

  /// `FILE:LINE:COL: message`
  std::string to_string() const;
};

/// Either a configuration or every mistake found (all at once, in the order of the file), never
/// both.
struct Loaded {
  Config config;
  std::vector<Mistake> mistakes;
  bool ok() const noexcept { return mistakes.empty(); }
};

/// Reads YAML text. Unknown keys (with the nearest known one), wrong types, impossible values and
/// contradictions are mistakes. `name` is the file's name in messages. Does not touch the file
/// system but to see that the files it names (CA, certificate, key) can be read. Throws nothing.
Loaded load_text(std::string_view text, const std::string& name);
/// Reads a file; one that can't be read is a mistake at 1:1.
Loaded load_file(const std::string& path);

}  // namespace ccnproxy::config
