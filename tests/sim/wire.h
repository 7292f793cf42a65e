#pragma once

#include <vector>

#include "ccnproxy/base/error.h"

#include "sim/books.h"
#include "sim/origin_model.h"
#include "sim/world.h"

namespace ccnproxy::sim {

class Wire;

/// One request on a wire.
class Exchange {
 public:
  /// `service` is what the origin takes beside the way there and back.
  Exchange(World& world, Duration service)
      : service_(service), answer_(world, Delegate<void()>::to<&Exchange::ring>(this)) {}
  virtual ~Exchange() = default;

  virtual void on_answered() = 0;
  virtual void on_lost(Proof proof) = 0;

 private:
  friend class Wire;
  void ring();

  Duration service_;
  Alarm answer_;
  Wire* wire_ = nullptr;
  std::uint64_t number_ = 0;  ///< on its wire, from 1
  bool on_aged_ = false;      ///< its wire had stood for a while
};

/// Who holds a wire.
class WireHolder {
 public:
  /// The origin said that it takes no more requests; it closes when those under way are done.
  virtual void on_going() = 0;
  /// Closed by the origin, or after on_going(); all exchanges have been told.
  virtual void on_end(std::string_view reason) = 0;

 protected:
  ~WireHolder() = default;
};

/// An established connection of either protocol as the network and the origin make it: answers one
/// round trip and the origin's time after a request; ends at the origin's limits. The origin acts
/// on what has reached it, and its word takes half a round trip: a request that crosses its close
/// on the way is lost. Gone when it has ended or was closed.
class Wire {
 public:
  Wire(World& world, const OriginModel& origin, origin::Protocol protocol, WireHolder& holder,
       Books& books);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() { close(); }

  void send(Exchange& exchange);
  /// Without a word from the other side. Nothing may be under way.
  void close();
  bool open() const noexcept { return open_; }
  /// Takes no more requests.
  bool going() const noexcept { return going_ || !open_; }
  std::size_t under_way() const noexcept { return exchanges_.size(); }
  std::uint64_t requests() const noexcept { return requests_; }
  std::uint64_t answers() const noexcept { return answered_; }

 private:
  friend class Exchange;
  void on_answer(Exchange& exchange);
  void on_end_alarm();
  void on_goaway();
  void begin_idle();
  void stop_idling();
  void lose(std::size_t from, Proof proof);
  void end(std::string_view reason);

  World& world_;
  const OriginModel& origin_;
  origin::Protocol protocol_;
  WireHolder& holder_;
  Books& books_;
  Alarm end_alarm_;
  Alarm goaway_alarm_;
  TimePoint opened_;
  TimePoint cut_off_;
  TimePoint idle_end_ = TimePoint::max();  ///< when the origin's close for idleness arrives here
  bool doomed_ = false;                    ///< a request was sent that will cross that close
  bool going_ = false;
  bool open_ = true;
  std::uint64_t requests_ = 0;
  std::uint64_t answered_ = 0;
  std::vector<Exchange*> exchanges_;  ///< under way, in the order of their sending
};

}  // namespace ccnproxy::sim
