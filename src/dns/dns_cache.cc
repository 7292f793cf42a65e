#include "ccnproxy/dns/dns_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ccnproxy::dns {

const std::vector<Endpoint>* DnsCache::addresses(std::string_view name) {
  const auto* entry = find(name);
  return entry != nullptr && clock_.now() < entry->good_until ? &entry->addresses : nullptr;
}

const Error* DnsCache::failure(std::string_view name) {
  const auto* entry = find(name);
  if (entry == nullptr || clock_.now() < entry->good_until) return nullptr;
  return entry->failure && clock_.now() < entry->failed_until ? &*entry->failure : nullptr;
}

const Error* DnsCache::last_failure(std::string_view name) {
  const auto* entry = find(name);
  const bool is_known = entry != nullptr && entry->failure && clock_.now() < entry->ask_after;
  return is_known ? &*entry->failure : nullptr;
}

bool DnsCache::is_fresh(std::string_view name) const {
  const auto* entry = peek(name);
  return entry != nullptr && clock_.now() < entry->fresh_until;
}

bool DnsCache::is_due(std::string_view name) const {
  const auto* entry = peek(name);
  return entry == nullptr ||
         (clock_.now() >= entry->fresh_until && clock_.now() >= entry->ask_after);
}

bool DnsCache::is_withdrawn(std::string_view name, const Endpoint& address) {
  const auto* entry = find(name);
  return entry != nullptr && entry->set.is_withdrawn(address);
}

const std::vector<Endpoint>& DnsCache::put(std::string_view name,
                                           std::span<const FamilyAnswer> answers, Duration ttl) {
  const auto now = clock_.now();
  auto& entry = need(name, true);
  entry.fresh_until = now + std::max(options_.min_ttl, std::min(ttl, options_.max_ttl));
  entry.good_until = entry.fresh_until + options_.stale;
  for (const auto& answer : answers) entry.set.learn(answer, now, entry.good_until);
  entry.addresses = entry.set.addresses(now);
  entry.failure.reset();
  entry.back_off = Duration(0);
  entry.ask_after = entry.fresh_until;
  entry.forget_at = entry.fresh_until + std::max(options_.stale, set_memory);
  return entry.addresses;
}

void DnsCache::put_failure(std::string_view name, Error failure, Duration ttl) {
  const auto now = clock_.now();
  auto& entry = need(name, false);
  entry.failure = std::move(failure);
  entry.failed_until = now + std::min(ttl, options_.max_ttl);
  entry.back_off = std::clamp(2 * entry.back_off, min_back_off, max_back_off);
  entry.ask_after = now + entry.back_off;
  entry.forget_at = std::max(entry.forget_at, entry.ask_after + max_back_off);
}

DnsCache::Entry* DnsCache::find(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return nullptr;
  const auto node = found->second;
  if (clock_.now() >= node->entry.forget_at) {
    erase(node);
    return nullptr;
  }
  auto& list = list_of(node->entry);
  list.splice(list.begin(), list, node);
  return &node->entry;
}

const DnsCache::Entry* DnsCache::peek(std::string_view name) const {
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || clock_.now() >= found->second->entry.forget_at) return nullptr;
  return &found->second->entry;
}

std::size_t DnsCache::most(const Nodes& nodes) const noexcept {
  return &nodes == &nodes_ ? options_.names : std::max<std::size_t>(1, options_.names / 4);
}

/// The entry of this name, the first of its list. `answered`: it has addresses from now on.
DnsCache::Entry& DnsCache::need(std::string_view name, bool answered) {
  auto* known = find(name);
  auto& list = answered || (known && known->answered) ? nodes_ : failed_;
  if (!known) {
    list.push_front({std::string(name), Entry(options_.patience)});
    by_name_.emplace(list.front().name, list.begin());
  } else if (&list != &list_of(*known)) {
    list.splice(list.begin(), failed_, failed_.begin());
  }
  list.front().entry.answered = &list == &nodes_;
  if (list.size() > most(list)) erase(std::prev(list.end()));
  return list.front().entry;
}

void DnsCache::erase(Nodes::iterator node) {
  by_name_.erase(node->name);
  list_of(node->entry).erase(node);
}

}  // namespace ccnproxy::dns
