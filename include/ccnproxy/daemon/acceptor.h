#pragma once

#include <functional>

#include "ccnproxy/base/event_loop.h"
#include "ccnproxy/base/ip_address.h"
#include "ccnproxy/daemon/listening_socket.h"

namespace ccnproxy::daemon {

/// Accepts the clients of one listening socket for one worker. Pauses while it is told to or while
/// the process has no descriptors left, and tries again after a while or when it is told that there
/// may be room, so that it never spins (F093). Meanwhile clients wait in the kernel's queue.
class Acceptor final : private IoHandler {
 public:
  /// `on_client` gets the descriptor and where it comes from (no address for a unix socket).
  using OnClient = std::function<void(UniqueFd, const Endpoint&, std::uint16_t listener_port)>;
  /// Asked before each accept; false pauses.
  using HasRoom = std::function<bool()>;

  /// Told when the kernel has no descriptor for a client.
  using OnExhausted = std::function<void()>;

  Acceptor(
      EventLoop& loop, ListeningSocket socket, HasRoom has_room, OnClient on_client,
      OnExhausted on_exhausted = [] {});
  /// A client has left.
  void on_room();
  /// Accepts no more; connections that the kernel holds are refused by it.
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
