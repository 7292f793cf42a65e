#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/origin/address_probes.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::origin {

/// What the connections of one origin learn for each other. Belongs to one worker; shared by the
/// origin's dialer and its connections.
class PeerState {
 public:
  /// What the origin's last SETTINGS said of streams at once, so that the next connection's first
  /// burst keeps to it before its own SETTINGS are there (F022).
  std::uint32_t stream_limit = streams_before_settings;
  /// The origin wants HTTP/1.1 (HTTP_1_1_REQUIRED): dials offer nothing else.
  bool only_http1 = false;
  /// No connection is sent a PING sooner than this after the one before.
  Duration ping_interval = std::chrono::seconds(10);

  /// GOAWAY too_many_pings: half as many from now on (F011).
  void slow_down_pings() { ping_interval = std::min<Duration>(ping_interval * 2, slowest_pings); }

  /// For connections that can't be sent a PING; null where nothing can be asked, or nothing should.
  std::unique_ptr<AddressProbes> probes;

  /// What HTTP/1.1 responses took to begin, the slowest of the recent ones.
  Duration slowest_head() const noexcept { return slowest_head_; }
  void note_head(Duration took) noexcept {
    slowest_head_ = std::max(took, slowest_head_ - slowest_head_ / 16);
  }

  /// A connection to an address (ip:port), or a dial that is to be one: the next goes elsewhere,
  /// so that no one address is all of an origin (F034). Facts and address must outlive it.
  class Use {
   public:
    Use(PeerState& facts, const std::string& address) : facts_(facts), address_(address) {
      facts_.in_use_.push_back(this);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { std::erase(facts_.in_use_, this); }

   private:
    friend class PeerState;
    PeerState& facts_;
    const std::string& address_;
  };
  std::size_t uses_of(std::string_view address) const {
    return static_cast<std::size_t>(std::count_if(
        in_use_.begin(), in_use_.end(), [&](const Use* use) { return use->address_ == address; }));
  }

  /// This address (ip:port) gave no sign of life: others are tried before it for a while (F059).
  void suspect(const std::string& address, TimePoint now) {
    std::erase_if(suspects_, [&](const auto& s) { return s.until <= now || s.address == address; });
    if (suspects_.size() < most_suspects) suspects_.push_back({address, now + suspicion_lasts});
  }
  bool is_suspect(std::string_view address, TimePoint now) const {
    return std::any_of(suspects_.begin(), suspects_.end(),
                       [&](const auto& s) { return s.until > now && s.address == address; });
  }

 private:
  static constexpr Duration slowest_pings = std::chrono::hours(2);
  static constexpr Duration suspicion_lasts = std::chrono::seconds(60);
  static constexpr std::size_t most_suspects = 32;
  struct Suspect {
    std::string address;
    TimePoint until;
  };
  std::vector<Suspect> suspects_;
  std::vector<const Use*> in_use_;
  Duration slowest_head_{};
};

}  // namespace ccnproxy::origin
