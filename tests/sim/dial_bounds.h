#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ccnproxy/pool/origin_pool.h"

#include "sim/wild_origin.h"

namespace ccnproxy::sim {

/// Events of the last minute.
class Window {
 public:
  void add(TimePoint at) { times_.push_back(at); }
  std::size_t size(TimePoint now) {
    while (!times_.empty() && times_.front() < now - std::chrono::minutes(1)) times_.pop_front();
    return times_.size();
  }

 private:
  std::deque<TimePoint> times_;
};

/// What may happen at most, counted by what the origin and the clients saw. The numbers are those
/// of the document, not the pool's: a bound that is moved there is passed here.
class Bounds final : public WildWatch {
 public:
  explicit Bounds(World& world) : world_(world) {}

  void watch(const pool::OriginPool& pool) { pool_ = &pool; }
  void on_request() { requests_.add(world_.now()); }
  /// The next dial is a tunnel's or a login's.
  void expect_exclusive() { exclusive_ = true; }
  const std::vector<std::string>& passed() const { return passed_; }
  std::size_t dials() const { return dials_; }

  void on_dial() override {
    ++dials_;
    look();
    const auto now = world_.now();
    auto [wanted, waiting] = most_lately();
    wanted = std::max(wanted, pool_->report().wanted);
    waiting = std::max(waiting, pool_->waiting());
    if (std::exchange(exclusive_, false) || pool_->waiting() > 0) {
      for_waiting_.add(now);
      check("dials for requests a minute", for_waiting_.size(now),
            requests_.size(now) + waiting + 10 + 120 + 2 * successes_.size(now));
      if (barren_since_ && *barren_since_ < now) check_barren_waiting(now);
    } else {
      ahead_.add(now);
      check("dials ahead of need a minute", ahead_.size(now),
            8 + 2 * wanted + 120 + first_uses_.size(now));
      if (barren_since_) check_barren_ahead(now);
    }
  }
  void on_dial_failed() override { note_failure(); }
  void on_connected(std::uint64_t serial) override { born_[serial] = world_.now(); }
  void on_first_use(std::uint64_t) override { first_uses_.add(world_.now()); }
  void on_first_answer(std::uint64_t serial) override {
    born_.erase(serial);
    successes_.add(world_.now());
    barren_since_.reset();
  }
  void on_ended(std::uint64_t serial, bool by_us) override {
    look();
    if (born_.erase(serial) > 0 && !by_us) note_failure();
  }
  /// Often, so that a window knows what it began with.
  void look() {
    const auto now = world_.now();
    const bool lives =
        std::erase_if(born_, [&](const auto& b) { return now - b.second >= second_; });
    if (lives) {
      successes_.add(now);
      barren_since_.reset();
    }
    if (!lately_.empty() && now - lately_.back().at < std::chrono::milliseconds(20)) return;
    lately_.push_back({now, pool_->report().wanted, pool_->waiting()});
    while (lately_.front().at < now - std::chrono::minutes(1)) lately_.pop_front();
  }

 private:
  struct Look {
    TimePoint at;
    std::size_t wanted;
    std::size_t waiting;
  };

  std::pair<std::size_t, std::size_t> most_lately() const {
    std::pair<std::size_t, std::size_t> most;
    for (const auto& look : lately_)
      most = {std::max(most.first, look.wanted), std::max(most.second, look.waiting)};
    return most;
  }
  /// A stretch begins in which no dial comes to anything.
  void note_failure() {
    if (barren_since_) return;
    barren_since_ = world_.now();
    barren_ahead_ = barren_waiting_ = 0;
  }
  void check_barren_ahead(TimePoint now) {
    std::size_t most = 1;
    Duration each = std::chrono::milliseconds(50);  // half of 100 ms: jitter takes off as much
    for (auto t = *barren_since_ + each; t <= now; t += each, ++most)
      each = std::min<Duration>(each * 2, std::chrono::seconds(15));
    check("dials ahead while all fail", ++barren_ahead_, most);
  }
  void check_barren_waiting(TimePoint now) {
    const auto passed = std::chrono::duration<double>(now - *barren_since_).count();
    check("dials for requests while all fail", ++barren_waiting_,
          11 + static_cast<std::size_t>(2 * passed) + 1);
  }
  void check(const char* what, std::size_t n, std::size_t most) {
    if (n > most && passed_.size() < 5)
      passed_.push_back(std::string(what) + ": " + std::to_string(n) + ", not " +
                        std::to_string(most));
  }

  static constexpr Duration second_ = std::chrono::seconds(1);
  World& world_;
  const pool::OriginPool* pool_ = nullptr;
  Window requests_;
  Window for_waiting_;
  Window ahead_;
  Window first_uses_;
  Window successes_;
  std::deque<Look> lately_;
  std::map<std::uint64_t, TimePoint> born_;  ///< connections in their first second
  std::optional<TimePoint> barren_since_;
  std::size_t barren_ahead_ = 0;
  std::size_t barren_waiting_ = 0;
  std::size_t dials_ = 0;
  bool exclusive_ = false;
  std::vector<std::string> passed_;
};

}  // namespace ccnproxy::sim
