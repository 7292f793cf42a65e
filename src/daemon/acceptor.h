#pragma once

#include <functional>

#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/ip_address.h"

#include "listening_socket.h"

namespace ccnproxy::daemon {

/// The acceptor of one listening socket for one worker. It pauses while HasRoom says no, or while
/// the process has no descriptors left. It tries again after a delay or when room is announced, so
/// it never spins (F093). Meanwhile clients wait in the kernel's accept queue.
class Acceptor final : private IoHandler {
 public:
  /// `on_client` gets the descriptor and where it comes from (no address for a unix socket).
  using OnClient = std::function<void(UniqueFd, const Endpoint&, std::uint16_t listener_port)>;
  /// Asked before each accept; false pauses.
  using HasRoom = std::function<bool()>;

  /// Called when the process has no descriptor for a client.
  using OnExhausted = std::function<void()>;

  Acceptor(
      EventLoop& loop, ListeningSocket socket, HasRoom has_room, OnClient on_client,
      OnExhausted on_exhausted = [] {});
  /// A client has left.
  void on_room();
  /// Stops accepting; the kernel resets connections that were not accepted.
  void close();

 private:
  void on_io(std::uint32_t events) override;
  void pause();
  void resume();

  EventLoop& loop_;
  ListeningSocket socket_;
  HasRoom has_room_;
  OnClient on_client_;
  OnExhausted on_exhausted_;
  Timer resume_timer_;
  TimePoint last_come_{};
  bool watching_ = true;
};

}  // namespace ccnproxy::daemon
