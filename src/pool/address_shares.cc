#include "ccnproxy/pool/address_shares.h"

namespace ccnproxy::pool {

std::shared_ptr<AddressLoad> AddressShares::load_of(const std::string& address) const {
  std::shared_ptr<AddressLoad> load;
  std::as_const(connections_).for_each([&](const auto& c) {
    if (!load && c.load && c.connection->info().address == address) load = c.load;
  });
  return load ? load : std::make_shared<AddressLoad>();
}

/// Anew for each request: a count kept beside the connections would have to be right in every one
/// of their ends.
void AddressShares::count() {
  std::as_const(connections_).for_each([](const auto& c) {
    if (c.load) c.load->streams = 0;
  });
  std::as_const(connections_).for_each([](const auto& c) {
    if (c.load) c.load->streams += c.connection->streams();
  });
}

bool AddressShares::is_last(const PooledConnection& c) const {
  return connections_.count_open([&](const auto& other) {
    return &other != &c && other.load == c.load && !other.is_leaving();
  }) == 0;
}

}  // namespace ccnproxy::pool
