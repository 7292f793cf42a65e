#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/base/object_pool.h"

namespace ccnproxy::proxy {

/// What is sent to one client at once, see ClientOutput. Empty when it is lent and given back.
struct OutputStep {
  std::string front;
  std::vector<std::string_view> body;  ///< borrowed
  std::string back;
  std::size_t body_bytes = 0;

  bool is_empty() const noexcept { return front.empty() && back.empty() && body_bytes == 0; }
  void clear() noexcept;
  /// Unless it has grown very much: an unusually large head, or very many pieces.
  bool is_worth_keeping() const noexcept;
};

/// As many as clients are written to in one turn, however many there are: a client that waits for
/// its next request holds none, and one that has just come need not grow its own.
using OutputSteps = ObjectPool<OutputStep>;

}  // namespace ccnproxy::proxy
