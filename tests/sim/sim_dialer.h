#pragma once

#include "ccnproxy/origin/dialer.h"

#include "sim/books.h"
#include "sim/origin_model.h"
#include "sim/world.h"

namespace ccnproxy::sim {

/// What a dial over the simulated network takes and comes to: TCP and TLS 1.3, a round trip each;
/// a refusal comes after one. The name is known.
struct DialFate {
  DialFate(const OriginModel& origin, TimePoint begun);
  bool connects;
  TimePoint at;
};

/// Dials for a pool.
class SimDialer final : public origin::Dialer {
 public:
  SimDialer(World& world, const OriginModel& origin, Books& books)
      : world_(world), origin_(origin), books_(books) {}

  std::unique_ptr<origin::Dial> dial(origin::ConnectionListener& listener,
                                     Delegate<void(origin::DialResult)> on_result) override;
  bool is_withdrawn(const std::string& address) override;
  void recall_stream_limit(std::uint32_t) override {}
  std::uint32_t stream_limit() const override { return origin::streams_before_settings; }

 private:
  class Attempt;
  World& world_;
  const OriginModel& origin_;
  Books& books_;
  std::uint64_t last_serial_ = 0;
};

}  // namespace ccnproxy::sim
