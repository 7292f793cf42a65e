#pragma once

#include <string>

#include "ccnproxy/pool/connection_set.h"

namespace ccnproxy::pool {

/// The address of an origin that may be dead: one connection to it gives no sign of life, and the
/// others have not told of it yet. On the worker's thread.
class Suspicion {
 public:
  explicit Suspicion(ConnectionSet& connections) : connections_(connections) {}

  /// A connection to this address (ip:port) gives no sign of life: the others are asked for one.
  /// What leaves a process that was stopped should not go to it again.
  void raise(const std::string& address);
  /// Brings the states of all connections up to date with what they found out.
  void review();
  bool covers(const PooledConnection& c) const {
    return !address_.empty() && c.connection->info().address == address_;
  }

 private:
  ConnectionSet& connections_;
  std::string address_;  ///< empty: none
};

}  // namespace ccnproxy::pool
