#pragma once

#include <string_view>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/error.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/pool_report.h"
#include "ccnproxy/pool/trial_policy.h"

namespace ccnproxy::pool {

class SharedOrigin;
struct ExclusiveTag;
struct ExclusiveDialTag;

/// A connection to a pool's origin that belongs to one client: bound to it by a login (NTLM,
/// Negotiate), or dialled for an upgrade. The pool never lends it, but decides when it may be
/// dialled (ExclusiveConnections::want_dial), and learns from its dial. It has a place under
/// `pool.max_connections` (ExclusiveConnections::take_place), is shown among the pool's
/// connections, and is told to go when a reload replaces or forbids what it was made by.
///
/// Leaves the pool's lists by itself when destroyed. On the worker's thread.
class ExclusiveConnection : public boost::intrusive::list_base_hook<
                                boost::intrusive::tag<ExclusiveTag>,
                                boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                            public boost::intrusive::list_base_hook<
                                boost::intrusive::tag<ExclusiveDialTag>,
                                boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using ListHook =
      boost::intrusive::list_base_hook<boost::intrusive::tag<ExclusiveTag>,
                                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  using DialHook =
      boost::intrusive::list_base_hook<boost::intrusive::tag<ExclusiveDialTag>,
                                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  virtual ConnectionReport report(TimePoint now) const = 0;
  /// ip:port of its peer; empty while it is dialled.
  virtual std::string_view peer_address() const = 0;
  /// Takes no more requests: ends now, or with the request in flight.
  virtual void end_after_request(std::string_view why) = 0;

  /// A dial may begin now. False if it waits for something else first (a descriptor, say): it asks
  /// for its dial again. Tells the pool nothing from within this call.
  virtual bool begin_dial() = 0;
  /// A dial failed that began while this waited for its own: it is over.
  virtual void on_no_dial(Error error) = 0;
  /// Once it is connected.
  virtual const origin::OriginConnection* origin_connection() const = 0;
  /// Its end is this process's wish, or its client's: nothing is learnt from it.
  virtual bool ended_by_us() const = 0;

  void leave_list() noexcept {
    if (ListHook::is_linked()) ListHook::unlink();
  }
  bool waits_for_dial() const noexcept { return phase_ == DialPhase::waiting; }
  /// Which list of ExclusiveDials it is on.
  enum class DialPhase : std::uint8_t { none, waiting, dialing, on_trial };

 protected:
  ExclusiveConnection() = default;
  ExclusiveConnection(const ExclusiveConnection&) = delete;
  ExclusiveConnection& operator=(const ExclusiveConnection&) = delete;
  ~ExclusiveConnection() = default;

 private:
  friend class ExclusiveDials;
  DialPhase phase_ = DialPhase::none;
  bool paid_ = false;  ///< for its first dial (DialBudget)
  TimePoint since_{};  ///< when it asked for a dial
  DialTrial trial_;
  SharedOrigin* counted_ = nullptr;  ///< where it is counted as waiting
};

}  // namespace ccnproxy::pool
