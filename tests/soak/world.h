#pragma once

#include <cstdint>

#include "later.h"
#include "ledger.h"

namespace ccnproxy::soak {

/// What clients and origins share: they live on one thread, so that both ends are judged by one set
/// of books.
struct World {
  std::uint64_t seed = 0;
  EventLoop loop{};
  Later later{loop};
  Ledger ledger{};
  std::uint64_t next_request = 1;
  std::uint64_t next_client = 1;
  std::uint64_t next_connection = 1;
  bool calm = false;  ///< from now on origins do nothing wrong

  RequestPlan plan(std::uint64_t id) const {
    auto plan = request_plan(seed, id);
    if (calm) plan.act = Act::answer;
    if (calm) plan.status = 200;
    return plan;
  }
};

}  // namespace ccnproxy::soak
