#include "ccnproxy/daemon/warm_share.h"

namespace ccnproxy::daemon {

std::vector<origin::Origin> warm_share(const config::Config& config, std::size_t worker,
                                       std::size_t workers) {
  std::vector<origin::Origin> share;
  for (const auto& text : config.warmth.warm) {
    const auto origin = origin::Origin::parse(text);
    if (origin && home_of(*origin, workers) == worker) share.push_back(*origin);
  }
  return share;
}

}  // namespace ccnproxy::daemon
