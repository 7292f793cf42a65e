#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace ccnproxy::proxy {

/// Makes request ids: 24 hex digits from a random start and a counter mixed over all of them
/// (splitmix64), so that they don't repeat within a process and hardly ever between two. One for
/// each worker.
class RequestIds {
 public:
  RequestIds() {
    std::random_device random;
    salt_ = (static_cast<std::uint64_t>(random()) << 32) | random();
    state_ = (static_cast<std::uint64_t>(random()) << 32) | random();
  }
  /// Writes a new id over `out`.
  void next(std::string& out) {
    static constexpr std::string_view digits = "0123456789abcdef";
    const std::array<std::uint64_t, 2> words{mix(state_ += 0x9e3779b97f4a7c15u), salt_};
    out.clear();
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[words[0] >> shift & 15];
    for (int shift = 28; shift >= 0; shift -= 4) out += digits[words[1] >> shift & 15];
  }
  std::uint32_t random() { return static_cast<std::uint32_t>(mix(state_ += 0x9e3779b97f4a7c15u)); }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  std::uint64_t salt_ = 0;
  std::uint64_t state_ = 0;
};

}  // namespace ccnproxy::proxy
