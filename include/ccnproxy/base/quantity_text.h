#pragma once

#include <cstdint>
#include <string>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// A duration for people, in the largest unit below it that is not more than seconds: `60 s`,
/// `1.5 s`, `300 ms`, `0.4 ms`.
std::string time_text(Duration time);

/// A size for people: `64 KiB`, `1 MiB`, `70000 bytes`.
std::string size_text(std::uint64_t bytes);

}  // namespace ccnproxy
