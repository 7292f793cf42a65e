#include "ccnproxy/origin/dns_cache.h"

#include <algorithm>
#include <iterator>

namespace ccnproxy::origin {

const DnsCache::Entry* DnsCache::find(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  const auto node = found->second;
  if (clock_.now() >= node->entry.expires) {
    erase(node);
    return nullptr;
  }
  nodes_.splice(nodes_.begin(), nodes_, node);
  return &node->entry;
}

void DnsCache::put(std::string_view name, std::vector<Endpoint> addresses, Duration ttl) {
  const auto bounded = std::max(options_.min_ttl, std::min(ttl, options_.max_ttl));
  store(name, {std::move(addresses), std::nullopt, clock_.now() + bounded});
}

void DnsCache::put_failure(std::string_view name, Error failure, Duration ttl) {
  const auto* known = find(name);
  if (known != nullptr && !known->failure) return;
  store(name, {{}, std::move(failure), clock_.now() + std::min(ttl, options_.max_ttl)});
}

void DnsCache::store(std::string_view name, Entry entry) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) erase(found->second);
  nodes_.push_front({std::string(name), std::move(entry)});
  by_name_.emplace(nodes_.front().name, nodes_.begin());
  if (nodes_.size() > options_.names) erase(std::prev(nodes_.end()));
}

void DnsCache::erase(Nodes::iterator node) {
  by_name_.erase(node->name);
  nodes_.erase(node);
}

}  // namespace ccnproxy::origin
