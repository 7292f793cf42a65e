#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ccnproxy/pool/origin_snapshot.h"

namespace ccnproxy::daemon {

/// The content of `pool.state_file`. If it can't be used, `fault` says why and nothing of it is
/// used. A missing file counts as empty.
struct RememberedState {
  std::vector<pool::OriginSnapshot> origins;
  std::string fault;
};
RememberedState read_state_file(const std::string& path);

/// The file's text: YAML, one line an origin, no secrets. Merges what several workers know of one
/// origin.
std::string state_text(std::vector<pool::OriginSnapshot> origins);

/// Replaces the file atomically. Returns an error, or nothing.
std::optional<std::string> write_state_file(const std::string& path, const std::string& text);

}  // namespace ccnproxy::daemon
