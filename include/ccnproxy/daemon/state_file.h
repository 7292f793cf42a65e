#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ccnproxy/pool/origin_memory.h"

namespace ccnproxy::daemon {

/// What `pool.state_file` held, or why it can't be used (then `fault` says so, for the log, and
/// nothing of it is). A file that is not there is an empty one.
struct RememberedState {
  std::vector<pool::OriginMemory> origins;
  std::string fault;
};
RememberedState read_state_file(const std::string& path);

/// The file's text: YAML, one line an origin, no secrets. What several workers remember of one
/// origin is put together.
std::string state_text(std::vector<pool::OriginMemory> origins);

/// Replaces the file as a whole or not at all. Returns what went wrong, or nothing.
std::optional<std::string> write_state_file(const std::string& path, const std::string& text);

}  // namespace ccnproxy::daemon
