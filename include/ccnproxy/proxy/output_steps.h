#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::proxy {

/// What is sent to one client at once, see ClientOutput. Empty when it is lent and given back.
struct OutputStep {
  std::string front;
  std::vector<std::string_view> body;  ///< borrowed
  std::string back;
  std::size_t body_bytes = 0;

  bool is_empty() const noexcept { return front.empty() && back.empty() && body_bytes == 0; }
  void clear() noexcept;
  /// What it has grown to.
  std::size_t capacity() const noexcept;
};

/// Steps that are not in use, with the memory that they have grown: as many as clients are written
/// to in one turn, however many there are. A client that waits for its next request holds none, and
/// one that has just come need not grow its own.
///
/// Belongs to its worker's thread.
class OutputSteps {
 public:
  std::unique_ptr<OutputStep> take();
  void give(std::unique_ptr<OutputStep> step);

 private:
  static constexpr std::size_t most = 256;
  /// A step that has grown beyond that is not kept: an unusually large head, or very many pieces.
  static constexpr std::size_t most_bytes = 8192;

  std::vector<std::unique_ptr<OutputStep>> free_;
};

}  // namespace ccnproxy::proxy
