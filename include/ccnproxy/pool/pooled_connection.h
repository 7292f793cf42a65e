#pragma once

#include <memory>
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

class OriginPool;

/// One place in a pool: first a dial, then a connection. Which list of the pool it is on is its
/// state, and only OriginPool::transition() moves it.
class PooledConnection final : public Retired,
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

  PooledConnection(OriginPool& pool, std::shared_ptr<origin::Dialer> dialer, TimePoint now,
                   std::uint32_t jitter, observe::DialCause cause, ConnectionLease lease)
      : pool_(pool),
        dialer_(std::move(dialer)),
        lease_(std::move(lease)),
        life_{now, now, false, jitter, 0},
        trial_{now, now},
        cause_(cause) {}

  State state() const noexcept { return state_; }
  const origin::OriginConnection* connection() const noexcept { return connection_.get(); }
  const ConnectionLife& life() const noexcept { return life_; }
  observe::DialCause cause() const noexcept { return cause_; }
  /// Will be replaced: takes streams only while no other does. Why, or empty.
  std::string_view leaving() const noexcept { return leaving_; }

 private:
  friend class OriginPool;
  void on_dialed(origin::DialResult result);
  void on_capacity(origin::OriginConnection&) override;
  void on_closed(origin::OriginConnection&, std::string_view reason) override;
  void on_http1_required(origin::OriginConnection&) override;

  OriginPool& pool_;
  std::shared_ptr<origin::Dialer> dialer_;  ///< which outlives what it made
  ConnectionLease lease_;                   ///< given back once the socket is closed
  State state_ = State::connecting;
  std::unique_ptr<origin::Dial> dial_;
  std::unique_ptr<origin::OriginConnection> connection_;
  ConnectionLife life_;
  DialTrial trial_;
  observe::DialCause cause_;
  std::string_view leaving_;
  bool ended_by_us_ = false;  ///< nothing is to be learnt from its end
  bool outdated_ = false;     ///< made by settings that do not hold any more
  bool end_noted_ = false;
  TimePoint lendable_until_ = TimePoint::max();
  std::uint64_t idle_at_bytes_ = 0;  ///< received when it was last idle
  std::uint64_t counted_bytes_ = 0;  ///< received, as far as the mean answer knows
  std::uint64_t counted_requests_ = 0;
  std::size_t bulk_ = 0;                ///< large bodies since it was last idle
  std::uint64_t overdue_at_bytes_ = 0;  ///< what it had received when an answer was late
  TimePoint overdue_until_{};           ///< it is taken to wait for a lost packet until then
  origin::PathCounters path_;
  TimePoint path_seen_{};              ///< when it was as path_ says
  std::shared_ptr<AddressLoad> load_;  ///< of its address, once it is connected
};

}  // namespace ccnproxy::pool
