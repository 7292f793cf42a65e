#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "ccnproxy/net/timer.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/origin_history.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

/// All pools of one worker, by origin. Bounded (F098): a pool that holds nothing is forgotten some
/// time after its last use. At the limit room is made by forgetting those at once, then by giving
/// up origins that were used longest ago; never one in use or kept for ever. A name of which
/// nothing is known yet pushes out no origin while there are many like it.
class Pools {
 public:
  using MakePool = std::function<std::unique_ptr<OriginPool>(const origin::Origin&)>;

  Pools(std::size_t limit, TimerWheel& timers, MakePool make);

  /// The pool of this origin if there is one.
  OriginPool* known(const origin::Origin& origin) const;
  /// The pool of this origin, made if need be; null if `limit` origins, and a few more, are in use.
  OriginPool* find(const origin::Origin& origin);
  /// `limits.origins`.
  void set_limit(std::size_t limit) noexcept { limit_ = limit; }
  /// No pool is made or forgotten from within.
  void for_each(const std::function<void(OriginPool&)>& act) const;
  /// See OriginPool::drain().
  void drain();
  /// Whether every pool is empty.
  bool empty() const;

  std::vector<PoolReport> report() const;
  std::vector<OriginSnapshot> snapshots() const;
  /// Ends at most so many idle connections (and all that are idle of the last origin among them):
  /// beyond `min_ready` first, the longest idle before others; then those of origins that were used
  /// longest ago. Of `pool.warm` last, and only for a request. Returns how many.
  std::size_t let_go(std::size_t most, ConnectionBudget::For purpose);
  /// Origins whose pools are gone since an hour at most.
  std::vector<GoneReport> gone();
  /// Counters of origins that are in neither report.
  const observe::OriginMetrics& forgotten() const noexcept { return history_.forgotten(); }
  /// Pools that are to be ready (for ever, or remembered) and are not. `origins` names some.
  std::size_t not_ready(std::string& origins) const;

 private:
  /// Hashes and compares pools as their origins.
  struct ByOrigin {
    using is_transparent = void;
    static const origin::Origin& of(const origin::Origin& origin) { return origin; }
    static const origin::Origin& of(const std::unique_ptr<OriginPool>& pool) {
      return pool->origin();
    }
    // Not noexcept: so libstdc++ keeps hashes, and reads no pool but the one that is looked for.
    std::size_t operator()(const auto& key) const { return origin::OriginHash()(of(key)); }
    bool operator()(const auto& a, const auto& b) const noexcept { return of(a) == of(b); }
  };

  void make_room();
  void sweep();
  void forget_empty(TimePoint used_before, bool with_abandoned);
  void give_up_oldest();
  std::size_t let_go_of_spare(std::size_t most);
  std::size_t let_go_of_origins(std::size_t most, bool kept_for_ever);
  void bury() { dead_.clear(); }

  std::size_t limit_;
  TimerWheel& timers_;
  MakePool make_;
  Timer sweep_timer_;
  Timer burial_timer_;
  std::optional<TimePoint> no_room_at_;
  std::unordered_set<std::unique_ptr<OriginPool>, ByOrigin, ByOrigin> pools_;
  std::vector<std::unique_ptr<OriginPool>> dead_;  ///< forgotten, to be destroyed by a timer
  OriginHistory history_;
  bool draining_ = false;
};

}  // namespace ccnproxy::pool
