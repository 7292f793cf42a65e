#include "ccnproxy/proxy/client_eviction.h"

#include <algorithm>
#include <numeric>

namespace ccnproxy::proxy {
namespace {

/// Many round trips of the networks that clients are in. Shorter, and a pause would be a fault;
/// longer, and a flood of clients that stand still would fill all memory before the first is cut.
constexpr Duration patience = std::chrono::milliseconds(250);

}  // namespace

std::vector<std::size_t> clients_to_evict(std::span<const StalledClient> stalled,
                                          std::size_t excess, TimePoint now) {
  std::vector<std::size_t> order(stalled.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) {
    return stalled[i].bytes == 0 || now - stalled[i].since < patience;
  });
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return stalled[a].since < stalled[b].since; });
  std::size_t freed = 0;
  std::size_t n = 0;
  while (n < order.size() && freed < excess) freed += stalled[order[n++]].bytes;
  order.resize(n);
  return order;
}

}  // namespace ccnproxy::proxy
