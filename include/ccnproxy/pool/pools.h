#pragma once

#include <functional>
#include <memory>
#include <unordered_map>

#include "ccnproxy/base/timer.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

/// All pools of one worker, by origin. Bounded: a pool that holds nothing is forgotten some time
/// after its last use, and at the limit at once (F098).
class Pools {
 public:
  using MakePool = std::function<std::unique_ptr<OriginPool>(const origin::Origin&)>;

  Pools(std::size_t limit, TimerWheel& timers, MakePool make);

  /// The pool of this origin, made if need be; null if `limit` origins are in use.
  OriginPool* find(const origin::Origin& origin);
  /// See OriginPool::drain().
  void drain();
  /// Whether every pool is empty.
  bool empty() const;

 private:
  void forget_empty();

  std::size_t limit_;
  TimerWheel& timers_;
  MakePool make_;
  Timer sweep_timer_;
  std::unordered_map<origin::Origin, std::unique_ptr<OriginPool>, origin::OriginHash> pools_;
  bool draining_ = false;
};

}  // namespace ccnproxy::pool
