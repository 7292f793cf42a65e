#pragma once

#include <cstddef>
#include <vector>

#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/origin.h"

namespace ccnproxy::daemon {

/// The worker of so many that makes this origin ready ahead of its first request.
inline std::size_t home_of(const origin::Origin& origin, std::size_t workers) {
  return origin::OriginHash{}(origin) % workers;
}

/// What of `pool.warm` is this worker's to keep ready.
std::vector<origin::Origin> warm_share(const config::Config& config, std::size_t worker,
                                       std::size_t workers);

}  // namespace ccnproxy::daemon
