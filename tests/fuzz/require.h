#pragma once

#include <cstdlib>

namespace ccnproxy::fuzz {

/// What must hold for every input; otherwise the fuzzer keeps this one.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace ccnproxy::fuzz
