#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ccnproxy/pool/connection_set.h"

namespace ccnproxy::pool {

/// Which share each address of an origin has of the requests, where each is to get its own
/// (`upstream`, PoolContext::shares). On the worker's thread.
class AddressShares {
 public:
  explicit AddressShares(ConnectionSet& connections) : connections_(connections) {}

  /// The load of the address (ip:port) that a new connection leads to: the one that others to it
  /// have already.
  std::shared_ptr<AddressLoad> load_of(const std::string& address) const;
  /// Brings the loads of all addresses up to date.
  void count();
  /// A request goes to it.
  void note_given(PooledConnection& c) noexcept { c.load->last_given = ++given_; }
  /// Whether no other connection that stays leads to its address.
  bool is_last(const PooledConnection& c) const;

 private:
  ConnectionSet& connections_;
  std::uint64_t given_ = 0;  ///< requests
};

}  // namespace ccnproxy::pool
