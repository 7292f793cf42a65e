#pragma once

#include "ccnproxy/pool/maintainer.h"

namespace ccnproxy::pool {

/// Does what follows from what connections tell: of their dials, their capacity, their end. On the
/// worker's thread.
class ConnectionEvents final : public PooledConnection::Owner {
 public:
  ConnectionEvents(PoolEnvironment& env, ConnectionSet& connections, const WaitQueue& queue,
                   Usage& usage, Lifetimes& lifetimes, ProtocolChoice& protocol, PathWatch& path,
                   AddressShares& shares, Suspicion& suspicion, DialScheduler& scheduler,
                   DialTrials& trials, Lender& lender, Replacement& replacement,
                   Maintainer& maintainer, CheckTimer& check)
      : env_(env),
        connections_(connections),
        queue_(queue),
        usage_(usage),
        lifetimes_(lifetimes),
        protocol_(protocol),
        path_(path),
        shares_(shares),
        suspicion_(suspicion),
        scheduler_(scheduler),
        trials_(trials),
        lender_(lender),
        replacement_(replacement),
        maintainer_(maintainer),
        check_(check) {}

  void on_dialed(PooledConnection& c, origin::DialResult result) override;
  void on_capacity(PooledConnection& c) override;
  void on_closed(PooledConnection& c, std::string_view reason) override;
  void on_http1_required(PooledConnection& c) override;

 private:
  void on_connected(PooledConnection& c);
  void on_failed(PooledConnection& c, const Error& error);

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  const WaitQueue& queue_;
  Usage& usage_;
  Lifetimes& lifetimes_;
  ProtocolChoice& protocol_;
  PathWatch& path_;
  AddressShares& shares_;
  Suspicion& suspicion_;
  DialScheduler& scheduler_;
  DialTrials& trials_;
  Lender& lender_;
  Replacement& replacement_;
  Maintainer& maintainer_;
  CheckTimer& check_;
};

}  // namespace ccnproxy::pool
