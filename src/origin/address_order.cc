#include "address_order.h"

#include <algorithm>
#include <unordered_set>

namespace ccnproxy::origin {

std::vector<Endpoint> order_addresses(std::span<const Endpoint> addresses, bool v6_first) {
  std::unordered_set<Endpoint, EndpointHash> seen;
  std::vector<Endpoint> first;
  std::vector<Endpoint> second;
  for (const auto& address : addresses) {
    if (!seen.insert(address).second) continue;
    (address.is_v6() == v6_first ? first : second).push_back(address);
  }
  std::vector<Endpoint> ordered;
  ordered.reserve(first.size() + second.size());
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) ordered.push_back(first[i]);
    if (i < second.size()) ordered.push_back(second[i]);
  }
  return ordered;
}

}  // namespace ccnproxy::origin
