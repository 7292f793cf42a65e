#pragma once

#include <string_view>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/pool/pool_report.h"

namespace ccnproxy::pool {

struct ExclusiveTag;

/// A connection to a pool's origin that belongs to one client: bound to it by a login (NTLM,
/// Negotiate), or dialled for an upgrade. The pool never lends it. It has a place under
/// `pool.max_connections` (OriginPool::take_place), is shown among the pool's connections, and is
/// told to go when a reload replaces or forbids what it was made by.
///
/// Leaves the pool's list by itself when destroyed.
class ExclusiveConnection : public boost::intrusive::list_base_hook<
                                boost::intrusive::tag<ExclusiveTag>,
                                boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ConnectionReport report(TimePoint now) const = 0;
  /// ip:port of its peer; empty while it is dialled.
  virtual std::string_view peer_address() const = 0;
  /// Takes no more requests: ends now, or with the request in flight.
  virtual void end_after_request(std::string_view why) = 0;

  void leave_list() noexcept {
    if (is_linked()) unlink();
  }

 protected:
  ExclusiveConnection() = default;
  ExclusiveConnection(const ExclusiveConnection&) = delete;
  ExclusiveConnection& operator=(const ExclusiveConnection&) = delete;
  ~ExclusiveConnection() = default;
};

using ExclusiveConnections =
    boost::intrusive::list<ExclusiveConnection,
                           boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                               boost::intrusive::tag<ExclusiveTag>,
                               boost::intrusive::link_mode<boost::intrusive::auto_unlink>>>,
                           boost::intrusive::constant_time_size<false>>;

}  // namespace ccnproxy::pool
