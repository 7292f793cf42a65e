#include "client_counts.h"

namespace ccnproxy::daemon {
namespace {

/// Whatever port it comes from, and in whichever spelling.
Endpoint host_of(const Endpoint& address) { return address.unmapped().with_port(0); }

}  // namespace

bool ClientCounts::take(const Endpoint& address, std::uint32_t most) {
  const std::lock_guard lock(mutex_);
  auto& count = counts_[host_of(address)];
  if (count >= most) return false;  // not 0, so it stood there already
  ++count;
  return true;
}

void ClientCounts::add(const Endpoint& address) {
  const std::lock_guard lock(mutex_);
  ++counts_[host_of(address)];
}

void ClientCounts::give_back(const Endpoint& address) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(host_of(address));
  if (found == counts_.end()) return;
  if (--found->second == 0) counts_.erase(found);
}

std::size_t ClientCounts::addresses() {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

}  // namespace ccnproxy::daemon
