#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ccnproxy/admin/counters.h"
#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

/// Counters by the name under which they are shown.
using ShownCounters = std::vector<std::pair<std::string_view, const Counters*>>;

/// The origins that the metrics show by name, with their counters.
///
/// Clients choose the names of origins, so the number of names is bounded (F098, F103): the busiest
/// get one while there is room, the rest are counted together as `other`. A name is sticky: an
/// origin keeps it as long as any worker has a pool for it, and for an hour afterwards
/// (WorkerReport::gone) unless an origin with a pool needs the room.
///
/// No shown counter goes backwards, which Prometheus would take for a restart of the daemon and
/// count twice. Pools come and go, though: a worker drops its pool (its counts go to
/// WorkerReport::gone, then to WorkerReport::forgotten), creates it again, or does not answer in
/// time. So the value of a named origin is not the sum of its pools; it grows by what each of them
/// has grown. `other` is all that was ever counted, less what is shown by name. When a name ends,
/// so do its series, and `other` takes over their counts.
///
/// Lives on the main thread.
class OriginLedger {
 public:
  explicit OriginLedger(std::size_t most_names = 100) : most_names_(most_names) {}

  void update(const Reports& reports);
  bool is_named(const std::string& origin) const;

  /// Counters by origin, and last those of `other` under that name, as of the last update; valid
  /// until the next one.
  ShownCounters shown() const;

 private:
  struct Named {
    /// Takes what a worker's pool has counted since the last time.
    void advance(std::size_t worker, const observe::OriginMetrics& metrics);

    Counters total;  ///< what is shown
    /// By worker that has a pool: what it said last.
    std::map<std::size_t, observe::OriginMetrics> last;
  };
  /// Names in 8 bytes each, for there may be very many: their hashes, sorted. Of two with the same
  /// hash one may be taken for the other, and wait for a name of its own a little longer.
  class NameSet {
   public:
    void assign(std::vector<std::size_t> hashes);
    bool contains(const std::string& name) const;

   private:
    std::vector<std::size_t> hashes_;
  };
  struct Counted {
    const observe::OriginMetrics* metrics;
    bool has_pool;
  };
  using ByOrigin = std::map<std::string, Counted>;
  using ByWorker = std::map<std::size_t, ByOrigin>;

  void follow_named(const ByWorker& origins);
  void name_busiest(const ByWorker& origins);
  void make_room(std::size_t names, const ByWorker& origins);
  void remember_unnamed(const ByWorker& origins);
  bool may_be_named(const std::string& origin, const ByWorker& origins) const;
  void give_name(const std::string& origin, const ByWorker& origins);
  void count_other();

  std::size_t most_names_;
  std::map<std::string, Named> named_;
  std::map<std::size_t, observe::OriginMetrics> totals_;  ///< by worker, of all it ever counted
  /// By worker, the origins that were part of `other` when it last answered.
  std::map<std::size_t, NameSet> unnamed_;
  Counters other_;
};

}  // namespace ccnproxy::admin
