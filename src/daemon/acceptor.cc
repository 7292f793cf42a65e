#include "acceptor.h"

#include <cerrno>

#include <sys/socket.h>

#include "ccnproxy/net/socket_options.h"
#include "ccnproxy/proxy/client_socket.h"

namespace ccnproxy::daemon {
namespace {
/// At most so many a turn, so that clients already here get theirs.
constexpr int accepts_a_turn = 64;
constexpr auto pause_time = std::chrono::milliseconds(50);
/// Below this distance between clients more of them are likely to wait. An idle loop accepts one
/// client per wake-up otherwise; epoll reports the rest again.
constexpr auto crowded = std::chrono::microseconds(100);
}  // namespace

Acceptor::Acceptor(EventLoop& loop, ListeningSocket socket, HasRoom has_room, OnClient on_client,
                   OnExhausted on_exhausted)
    : loop_(loop),
      socket_(std::move(socket)),
      has_room_(std::move(has_room)),
      on_client_(std::move(on_client)),
      on_exhausted_(std::move(on_exhausted)),
      resume_timer_(loop.timers(), Delegate<void()>::to<&Acceptor::resume>(this)) {
  set_most_unsent(socket_.fd.get(), proxy::most_unsent);
  loop_.watch(socket_.fd.get(), EPOLLIN | EPOLLEXCLUSIVE, *this);
}

void Acceptor::close() {
  resume_timer_.cancel();
  if (std::exchange(watching_, false)) loop_.unwatch(socket_.fd.get());  // a duplicate may live on
  socket_.fd.reset();
}

void Acceptor::on_io(std::uint32_t) {
  const auto now = loop_.now();
  const bool more = now - std::exchange(last_come_, now) < crowded || loop_.busy();
  for (int i = 0; i < (more ? accepts_a_turn : 1) && watching_; ++i) {
    if (!has_room_()) return pause();
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    UniqueFd client(::accept4(socket_.fd.get(), reinterpret_cast<sockaddr*>(&from), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      on_client_(std::move(client), Endpoint::from(reinterpret_cast<sockaddr*>(&from), size),
                 socket_.port);
    } else if (errno == EAGAIN) {
      return;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      on_exhausted_();
      return pause();
    }
  }
}

void Acceptor::pause() {
  if (!watching_) return;
  watching_ = false;
  loop_.unwatch(socket_.fd.get());
  resume_timer_.set_after(pause_time);
}

/// In a later iteration: the session that ended may not have closed its descriptor yet.
void Acceptor::on_room() {
  if (!watching_ && socket_.fd) resume_timer_.set_after(Duration(0));
}

void Acceptor::resume() {
  watching_ = true;
  loop_.watch(socket_.fd.get(), EPOLLIN | EPOLLEXCLUSIVE, *this);
}

}  // namespace ccnproxy::daemon
