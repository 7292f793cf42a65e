#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

class EventLoop;

/// A coroutine of an object on a loop's io_context, which ends with that object: a member of it.
///
/// Rules of entry, kept by the waits below, which are all that it waits with:
///
/// - It goes on between iterations of the ready set, in a turn of its own. Before it does, the
///   loop's time is brought up to date (EventLoop::refresh), and what it then changes in a
///   connection goes out at the end of that turn, as what an event changes does.
/// - It never goes on once this has died. It is then unwound in a later turn, or with the loop, so
///   nothing of it but what its locals destroy is run: these refer to nothing of the object, and
///   what must end with the object (sockets, leases) is a member, not a local.
/// - This does not die while the coroutine runs, but is retired (EventLoop::defer_delete).
///
/// Belongs to the loop's thread. What it throws leaves EventLoop::run().
class Coroutine {
 public:
  static constexpr TimePoint never = TimePoint::max();

  explicit Coroutine(EventLoop& loop);
  Coroutine(const Coroutine&) = delete;
  Coroutine& operator=(const Coroutine&) = delete;
  ~Coroutine();

  /// Runs it from a later turn on, never from within this call. Once.
  void start(boost::asio::awaitable<void> body);

  /// It never goes on from now on: for an object that is retired. Also from within it.
  void end() noexcept;

  /// Whether the descriptor became ready, or has failed, before that time. The descriptor is not
  /// watched by another meanwhile; it may be closed once this has died.
  boost::asio::awaitable<bool> readable(int fd, TimePoint until);
  boost::asio::awaitable<bool> writable(int fd, TimePoint until);
  /// Whether it was notified, since it last asked, before that time.
  boost::asio::awaitable<bool> notified(TimePoint until = never);
  /// Any number of times; also from another coroutine of the thread.
  void notify();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with what still waits when this dies
};

}  // namespace ccnproxy
