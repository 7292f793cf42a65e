#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "ccnproxy/pool/pool_context.h"
#include "ccnproxy/pool/pooled_connection.h"

namespace ccnproxy::pool {

/// The connections of one pool, in a list for each state. A connection changes its state here
/// alone, and with it what the process counts: its place under `pool.max_connections`, the worker's
/// dials, whether the worker has a connection ready. Owns them. On the worker's thread.
class ConnectionSet {
 public:
  using State = PooledConnection::State;
  using List = boost::intrusive::list<PooledConnection>;

  ConnectionSet(const PoolWorker& worker, SharedOrigin& shared)
      : worker_(worker), shared_(shared) {}
  ~ConnectionSet() { clear(); }
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;

  /// Destroys all of them, without a word to their owner.
  void clear() noexcept;
  /// Takes a place for add() under `most` (0 = no limit); false if the process has none left.
  bool take_place(std::uint32_t most) noexcept {
    return shared_.take_connection(worker_.index, most);
  }
  /// Is being dialled from now on, in the place that was taken.
  PooledConnection& add(std::unique_ptr<PooledConnection> c);
  /// Brings its state up to date with what its connection says. Nothing if it is closed.
  void update(PooledConnection& c) {
    if (c.state_ != State::closed) move_to(c, state_of(c));
  }
  /// Lets it finish its streams and take no others. Tells nothing from within.
  void end(PooledConnection& c, std::string_view why);
  /// It is over: destroyed between turns.
  void close(PooledConnection& c) { move_to(c, State::closed); }

  const List& list(State state) const noexcept { return lists_[static_cast<std::size_t>(state)]; }
  List& list(State state) noexcept { return lists_[static_cast<std::size_t>(state)]; }
  /// That take a stream now, the latest first.
  List& ready() noexcept { return list(State::ready); }
  std::size_t count(State state) const noexcept { return list(state).size(); }
  bool any(State state) const noexcept { return !list(state).empty(); }
  bool any_open() const noexcept { return any(State::ready) || any(State::busy); }
  bool empty() const noexcept { return !any_open() && !any(State::connecting) && !draining(); }

  /// Of those that are open, ready ones first. `f` may end or close the one that it is given.
  template <class F>
  void for_each_open(F&& f) {
    for (const auto state : {State::ready, State::busy}) {
      for (auto it = list(state).begin(); it != list(state).end();) f(*it++);
    }
  }
  template <class F>
  void for_each_open(F&& f) const {
    for (const auto state : {State::ready, State::busy}) {
      for (const auto& c : list(state)) f(c);
    }
  }
  template <class F>
  void for_each(F&& f) const {
    for (const auto& connections : lists_) {
      for (const auto& c : connections) f(c);
    }
  }
  /// How many of those that are open `f` is true of.
  template <class F>
  std::size_t count_open(F&& f) const {
    std::size_t n = 0;
    for_each_open([&](const auto& c) { n += f(c) ? 1 : 0; });
    return n;
  }

  /// Requests in flight on those that are open.
  std::size_t streams() const;
  /// That are there to stay: open, trusted, and not about to be replaced.
  std::size_t staying() const;
  /// Of those that are open; null if none has this serial.
  PooledConnection* find(std::uint64_t serial);

 private:
  bool draining() const noexcept { return any(State::draining); }
  static State state_of(const PooledConnection& c);
  void move_to(PooledConnection& c, State to);

  const PoolWorker& worker_;
  SharedOrigin& shared_;
  std::array<List, 4> lists_;  ///< by State; closed ones are on none
};

}  // namespace ccnproxy::pool
