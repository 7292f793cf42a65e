#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <mutex>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/learned_limits.h"
#include "ccnproxy/pool/origin_snapshot.h"
#include "ccnproxy/pool/path_estimate.h"

namespace ccnproxy::pool {

/// What the process knows of one origin, whichever worker learnt it: pools read through to it, so
/// that it holds for those that exist already (F136). Any thread; a request's path takes no lock.
///
/// The values are atomic and relaxed: each is whole by itself, none says that another was written
/// before it, and what a worker reads a little late is what it would have read a moment ago.
class OriginState {
 public:
  /// What the origin spoke last; nothing if it never answered.
  void note_protocol(origin::Protocol protocol) noexcept {
    put(protocol_, static_cast<int>(protocol));
  }
  std::optional<origin::Protocol> protocol() const noexcept {
    const auto known = get(protocol_);
    return known < 0 ? std::nullopt : std::optional(static_cast<origin::Protocol>(known));
  }

  /// Until then the origin is to be asked by HTTP/1.1 only (HTTP_1_1_REQUIRED).
  void require_http1(TimePoint until) noexcept {
    put(http1_until_, until.time_since_epoch().count());
  }
  TimePoint http1_until() const noexcept {
    return TimePoint(TimePoint::duration(get(http1_until_)));
  }
  bool requires_http1(TimePoint now) const noexcept {
    const auto until = http1_until();
    return until != TimePoint{} && now < until;
  }

  /// How many streams a new connection is good for.
  void note_streams_each(std::size_t streams) noexcept {
    put(streams_each_, static_cast<std::uint32_t>(streams > 0 ? streams : 1));
  }
  std::size_t streams_each() const noexcept { return get(streams_each_); }

  /// What the last connection took; far until known.
  void note_rtt(Duration rtt) noexcept { put(rtt_, rtt.count()); }
  Duration rtt() const noexcept { return Duration(get(rtt_)); }
  std::optional<Duration> measured_rtt() const noexcept {
    return rtt() < unknown_rtt ? std::optional(rtt()) : std::nullopt;
  }

  /// When the certificates end that its last connection has shown, seconds since 1970; nothing if
  /// none were verified.
  void note_certificate_end(std::optional<std::time_t> end) noexcept {
    put(certificate_end_, std::int64_t{end.value_or(0)});
  }
  std::optional<std::time_t> certificate_end() const noexcept {
    const auto end = get(certificate_end_);
    return end == 0 ? std::nullopt : std::optional(static_cast<std::time_t>(end));
  }

  /// Some answers had so many bytes each. Of two workers that tell it at once one may be lost: it
  /// is a mean of many.
  void note_answers(std::uint64_t bytes_each) noexcept {
    const auto mean = get(mean_answer_);
    put(mean_answer_, mean == 0 ? bytes_each : (mean * 7 + bytes_each) / 8);
  }
  std::uint64_t mean_answer() const noexcept { return get(mean_answer_); }

  /// So many packets of its connections went either way, and so many of them were lost.
  void note_packets(double packets, double lost, TimePoint now);
  /// The share of packets that its path loses, 0 to 1, as of the last note_packets(); 0 where that
  /// can't be told from none.
  double loss() const noexcept { return static_cast<double>(get(loss_)); }
  /// The same for reports; nothing where too few packets were seen to say.
  std::optional<double> measured_loss(TimePoint now) const;

  /// The origin ended a connection of any worker: a restart that several of them see is one.
  void note_end(const OriginClose& close, TimePoint now);
  /// Moves when something is learnt of limits, or forgotten. It only says that there is something
  /// to copy; the lock orders what is copied.
  std::uint32_t lessons() const noexcept { return get(lessons_); }
  /// For a pool, which asks its copy at the end of each request. Says what lessons() was.
  std::uint32_t copy_lessons(LearnedLimits& to) const;
  CloseLimits limits(TimePoint now) const;

  /// What a former process knew. Not where this one has heard from the origin itself.
  void recall(const OriginSnapshot& memory, TimePoint now);
  /// What was learnt may be another place's, by a configuration of this generation. Each worker
  /// tells it; what has been learnt since the first one did stays.
  void forget_lessons(std::uint64_t generation);

 private:
  static constexpr Duration unknown_rtt = std::chrono::hours(1);

  template <class T>
  static T get(const std::atomic<T>& value) noexcept {
    return value.load(std::memory_order_relaxed);
  }
  /// Most of what is noted is known: the cache line stays with all workers.
  template <class T>
  static void put(std::atomic<T>& value, T to) noexcept {
    if (get(value) != to) value.store(to, std::memory_order_relaxed);
  }

  std::atomic<int> protocol_{-1};
  std::atomic<std::uint32_t> streams_each_{100};
  std::atomic<std::uint32_t> lessons_{0};
  std::atomic<Duration::rep> rtt_{unknown_rtt.count()};
  std::atomic<std::uint64_t> mean_answer_{0};  ///< bytes
  std::atomic<TimePoint::rep> http1_until_{0};
  std::atomic<std::int64_t> certificate_end_{0};
  std::atomic<float> loss_{0};
  mutable std::mutex mutex_;
  // guarded by mutex_
  mutable PathEstimate path_;  ///< decays when it is asked
  LearnedLimits learned_;
  std::uint64_t forgotten_for_ = 0;  ///< generation
};

}  // namespace ccnproxy::pool
