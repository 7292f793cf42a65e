#pragma once

#include <cmath>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::sim {

/// SplitMix64: the same numbers on every machine, which the standard's distributions do not
/// promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// One of its own for each thing, so that what happens to one does not change the others.
  Random(std::uint64_t seed, std::uint64_t what, std::uint64_t which)
      : state_(seed * 0x9e3779b97f4a7c15 + what * 0xbf58476d1ce4e5b9 + which * 0x94d049bb133111eb) {
    next();
  }

  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// From 0 to below 1.
  double part() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  Duration up_to(Duration most) { return scaled(most, part()); }
  /// What lies between things that happen independently of each other.
  Duration exponential(Duration mean) { return scaled(mean, -std::log1p(-part())); }

 private:
  static Duration scaled(Duration d, double by) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(d.count()) * by));
  }
  std::uint64_t state_;
};

}  // namespace ccnproxy::sim
