#include "warm_share.h"

namespace ccnproxy::daemon {

std::vector<origin::Origin> warm_share(const config::Config& config, std::size_t worker,
                                       std::size_t workers) {
  std::vector<origin::Origin> share;
  auto warm = config.warmth.warm;
  if (!config.upstream.empty()) warm.push_back(config.upstream);  // named, so meant to be ready
  for (const auto& text : warm) {
    const auto origin = origin::Origin::parse(text);
    if (origin && home_of(*origin, workers) == worker) share.push_back(*origin);
  }
  return share;
}

}  // namespace ccnproxy::daemon
