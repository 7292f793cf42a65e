#pragma once

#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/liveness_policy.h"

namespace ccnproxy::origin {

/// Why a connection ended that gave none; without a value, since ends are counted by reason.
inline constexpr std::string_view no_sign_of_life = "the origin gave no sign of life";

/// The connection that is watched.
class Watched {
 public:
  virtual bool awaits_answer() const = 0;
  virtual PathState path_state() const = 0;
  /// Whether ping() would do something now.
  virtual bool can_ping() const = 0;
  virtual void ping() = 0;
  /// Since when a question other than a PING of its own is unanswered.
  virtual std::optional<TimePoint> unanswered_since() const { return std::nullopt; }
  /// A silence that is nothing unusual.
  virtual Duration patience() const { return Duration(0); }
  /// is_suspicious() has changed.
  virtual void on_suspicion() = 0;
  /// It has been silent for so long that its requests should go elsewhere, if they may. Called
  /// again and again while that lasts; last thing that the watch does.
  virtual void on_stalled() = 0;

 protected:
  ~Watched() = default;
};

/// Finds the half-dead among the connections on which an answer is awaited: a peer that was
/// stopped, a flow that a middlebox forgot (F007, F008). Costs a request two stores; a timer runs
/// only while an answer is awaited. Decides by liveness_step().
class LivenessWatch {
 public:
  LivenessWatch(EventLoop& loop, Duration rtt, Watched& watched)
      : loop_(loop),
        rtt_(rtt),
        watched_(watched),
        timer_(loop.timers(), Delegate<void()>::to<&LivenessWatch::look>(this)) {}

  /// A request was placed.
  void on_request() {
    if (timer_.armed()) return;
    begin_silence();
    timer_.set(heard_ + times().probe);
  }
  /// Asks for a sign of life now, as if an answer had been awaited for a while.
  void check() {
    if (suspicious_ || checking_ || watched_.awaits_answer()) return;
    begin_silence();
    heard_ -= times().probe;
    checking_ = true;
    look();
  }
  /// Bytes came.
  void on_read() {
    heard_ = loop_.now();
    if (probed_) end_suspicion();
  }
  /// A PING has left, and all that was before it.
  void on_ping_written() {
    const auto path = watched_.path_state();
    ping_end_ = path.acknowledged + path.outstanding;
  }
  void stop() { timer_.cancel(); }
  bool is_suspicious() const noexcept { return suspicious_; }
  /// For a request's failure: how long nothing came, and what that means.
  std::string silence_text() const;

 private:
  void begin_silence() {
    heard_ = loop_.now();
    patience_ = watched_.patience();
    forget_probe();
  }
  LivenessTimes times() const { return liveness_times(rtt_, patience_); }
  void forget_probe() {
    probed_ = checking_ = false;
    ping_end_.reset();
    ping_arrived_.reset();
  }
  void end_suspicion() {
    forget_probe();
    if (std::exchange(suspicious_, false)) watched_.on_suspicion();
  }
  void look();
  LivenessFacts facts(TimePoint now);

  EventLoop& loop_;
  Duration rtt_;
  Duration patience_{};
  Watched& watched_;
  Timer timer_;
  TimePoint heard_{};
  std::optional<std::uint64_t> ping_end_;  ///< in bytes of the TCP stream
  std::optional<TimePoint> ping_arrived_;
  bool probed_ = false;
  bool suspicious_ = false;
  bool checking_ = false;  ///< for its own sake: no answer is awaited
};

}  // namespace ccnproxy::origin
