#pragma once

#include <algorithm>
#include <cstdint>

namespace ccnproxy::proxy {

/// Decides whether a client is read as soon as it is accepted. Mostly its request has come by then,
/// and the event loop need not be asked for it: at low rates that is one wake-up less of four.
/// Where clients connect ahead of their requests it would be a call for nothing each time; then
/// only some are tried, to see whether that is still so.
///
/// Pure; one thread.
class SpeculativeRead {
 public:
  bool is_due() noexcept { return score_ >= 0 || ++passed_over_ % try_each == 0; }
  /// Whether something had come.
  void note(bool came) noexcept { score_ = std::clamp(score_ + (came ? 1 : -1), -most, most); }

 private:
  static constexpr int most = 8;
  static constexpr std::uint32_t try_each = 16;

  int score_ = 0;
  std::uint32_t passed_over_ = 0;
};

}  // namespace ccnproxy::proxy
