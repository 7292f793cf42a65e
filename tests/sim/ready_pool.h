#pragma once

#include "ccnproxy/pool/origin_pool.h"

#include "sim/proxy_under_test.h"
#include "sim/random.h"
#include "sim/world.h"

namespace ccnproxy::sim {

/// The daemon's own pool with its default settings, on simulated connections, and its rules about
/// what is sent again.
class ReadyPool final : public ProxyUnderTest {
 public:
  ReadyPool(World& world, const OriginModel& origin, Books& books, std::uint64_t seed);

  void ask(const Demand& demand) override;
  void stop() override { pool_.drain(); }
  bool empty() const override;

 private:
  class Request;
  pool::PoolContext context();

  World& world_;
  const OriginModel& origin_;
  Books& books_;
  Random random_;
  std::shared_ptr<pool::SharedOrigin> shared_ = std::make_shared<pool::SharedOrigin>(1);
  std::size_t requests_ = 0;  ///< that have not ended
  pool::OriginPool pool_;
};

}  // namespace ccnproxy::sim
