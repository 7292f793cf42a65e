#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/config/config.h"
#include "ccnproxy/config/key_places.h"
#include "ccnproxy/config/mistake.h"

namespace ccnproxy::config {

/// Either a configuration or every mistake found (all at once, in the order of the file), never
/// both.
struct Loaded {
  Config config;
  std::vector<Mistake> mistakes;
  KeyPlaces places;  ///< of the keys that the file holds
  /// Warnings: valid, but maybe not intended; `ccnproxy check` prints them.
  std::vector<Mistake> warnings = {};
  bool ok() const noexcept { return mistakes.empty(); }
};

/// Loads YAML text. Unknown keys (with a suggestion), wrong types, invalid values and
/// contradictions are mistakes. `name` is the file's name in messages. Does not touch the file
/// system: whether the files it names can be used is checked elsewhere. Throws nothing.
Loaded load_text(std::string_view text, const std::string& name);
/// Reads a file; one that can't be read is a mistake at 1:1.
Loaded load_file(const std::string& path);

}  // namespace ccnproxy::config
