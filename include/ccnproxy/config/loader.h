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
  /// What holds, but may not be what was meant; `ccnproxy check` tells it.
  std::vector<Mistake> warnings = {};
  bool ok() const noexcept { return mistakes.empty(); }
};

/// Reads YAML text. Unknown keys (with the nearest known one), wrong types, impossible values and
/// contradictions are mistakes. `name` is the file's name in messages. Does not touch the file
/// system: whether what the text names can be used is another question. Throws nothing.
Loaded load_text(std::string_view text, const std::string& name);
/// Reads a file; one that can't be read is a mistake at 1:1.
Loaded load_file(const std::string& path);

}  // namespace ccnproxy::config
