#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/pool/address_load.h"
#include "ccnproxy/pool/retirement_policy.h"
#include "ccnproxy/pool/trial_policy.h"

namespace ccnproxy::pool {

/// One place in a pool: first a dial, then a connection. Which list of its ConnectionSet it is on
/// is its state, and only that moves it. What the parts of the pool note of it is open to them; no
/// note depends on another.
class PooledConnection final : public DeferredDelete,
                               public origin::ConnectionListener,
                               public boost::intrusive::list_base_hook<> {
 public:
  enum class State : std::uint8_t {
    connecting,  ///< being dialled
    ready,       ///< takes another stream now
    busy,        ///< open, but full, or under suspicion
    draining,    ///< takes no new streams; ends with its last one
    closed,      ///< over, on no list
  };

  /// Is told of its life; of one that is closed only what its dial brings.
  class Owner {
   public:
    virtual void on_dialed(PooledConnection& c, origin::DialResult result) = 0;
    virtual void on_capacity(PooledConnection& c) = 0;
    virtual void on_closed(PooledConnection& c, std::string_view reason) = 0;
    virtual void on_http1_required(PooledConnection& c) = 0;

   protected:
    ~Owner() = default;
  };

  PooledConnection(Owner& owner, std::shared_ptr<origin::Dialer> by, TimePoint now,
                   std::uint32_t jitter, observe::DialCause why, ConnectionLease with)
      : owner_(owner),
        dialer_(std::move(by)),
        lease_(std::move(with)),
        life{now, now, false, jitter, 0},
        trial{now, now},
        cause(why) {}

  State state() const noexcept { return state_; }
  bool is_open() const noexcept { return state_ == State::ready || state_ == State::busy; }
  /// Ready, and without a request.
  bool is_idle() const {
    return state_ == State::ready && !life.in_use && connection->streams() == 0;
  }
  /// Open, and will be replaced: takes streams only while no other does.
  bool is_leaving() const noexcept { return !leaving.empty(); }
  void begin_dial();
  /// The mean size of answers since it was asked last, in bytes; nothing while there are few and
  /// more under way.
  std::optional<std::uint64_t> take_mean_answer();

 private:
  friend class ConnectionSet;
  void on_dialed(origin::DialResult result) { owner_.on_dialed(*this, std::move(result)); }
  void on_capacity(origin::OriginConnection&) override;
  void on_closed(origin::OriginConnection&, std::string_view reason) override;
  void on_http1_required(origin::OriginConnection&) override;

  Owner& owner_;
  std::shared_ptr<origin::Dialer> dialer_;  ///< which outlives what it made
  ConnectionLease lease_;                   ///< given back once the socket is closed
  State state_ = State::connecting;

 public:
  std::unique_ptr<origin::Dial> dial;
  std::unique_ptr<origin::OriginConnection> connection;  ///< null while it is being dialled
  ConnectionLife life;
  DialTrial trial;
  observe::DialCause cause;
  std::string_view leaving;  ///< why it will be replaced, or ends; empty: it stays
  bool ended_by_us = false;  ///< nothing is to be learnt from its end
  bool outdated = false;     ///< made by settings that do not hold any more
  bool end_noted = false;
  TimePoint lendable_until = TimePoint::max();
  std::uint64_t idle_at_bytes = 0;  ///< received when it was last idle
  std::uint64_t counted_bytes = 0;  ///< received, as far as the mean answer knows
  std::uint64_t counted_requests = 0;
  std::size_t bulk = 0;                ///< large bodies since it was last idle
  std::uint64_t overdue_at_bytes = 0;  ///< what it had received when an answer was late
  TimePoint overdue_until{};           ///< it is taken to wait for a lost packet until then
  PathCounters path;
  TimePoint path_seen{};              ///< when it was as `path` says
  std::shared_ptr<AddressLoad> load;  ///< of its address, once it is connected
};

}  // namespace ccnproxy::pool
