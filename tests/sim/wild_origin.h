#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ccnproxy/origin/dialer.h"

#include "sim/random.h"
#include "sim/world.h"

namespace ccnproxy::sim {

/// What an origin does to its connections for a while.
struct WildPhase {
  origin::Protocol protocol = origin::Protocol::http2;
  Duration rtt{};
  double refuses = 0;    ///< part of the dials
  double stillborn = 0;  ///< part of the connections that end right after TLS
  Duration lives{};      ///< the others end after that; 0: they do not
  Duration jitter{};     ///< up to so much more
  bool by_goaway = false;
  std::size_t streams = 100;    ///< that a connection takes at once
  Duration service{};           ///< until an answer
  double silent = 0;            ///< part of the requests that are never answered
  Duration after_answer{};      ///< a connection ends so long after an answer; 0: it does not
  std::uint64_t requests = 0;   ///< of one connection, without a word; 0: no limit
  bool restarts_often = false;  ///< all connections end each second or so
};

/// Hears what happens to an origin.
class WildWatch {
 public:
  virtual void on_dial() = 0;
  virtual void on_dial_failed() = 0;
  virtual void on_connected(std::uint64_t serial) = 0;
  /// The first request, and the first answer.
  virtual void on_first_use(std::uint64_t serial) = 0;
  virtual void on_first_answer(std::uint64_t serial) = 0;
  /// `by_us`: the pool ended it.
  virtual void on_ended(std::uint64_t serial, bool by_us) = 0;

 protected:
  ~WildWatch() = default;
};

/// An origin that does anything to its connections, by chance. Outlives its dialer and connections.
class WildOrigin {
 public:
  WildOrigin(World& world, std::uint64_t seed, WildWatch& watch);

  std::unique_ptr<origin::Dialer> dialer();
  const WildPhase& phase() const noexcept { return phase_; }
  /// Another way from now on.
  void change();

 private:
  class WildDialer;
  class Attempt;
  class Connection;
  void plan_restart();
  void restart();

  World& world_;
  Random random_;
  WildWatch& watch_;
  WildPhase phase_;
  std::uint64_t last_serial_ = 0;
  std::map<std::uint64_t, Connection*> open_;
  Alarm restart_;
};

}  // namespace ccnproxy::sim
