#include "ccnproxy/net/ready_set.h"

#include <cerrno>
#include <system_error>

namespace ccnproxy {
namespace {

constexpr int events_at_once = 512;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

}  // namespace

ReadySet::ReadySet() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) fail("epoll_create1");
}

void ReadySet::watch(int fd, std::uint32_t events, IoHandler& handler) {
  epoll_event e{events, {.ptr = &handler}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &e) < 0) fail("epoll_ctl");
}

void ReadySet::rewatch(int fd, std::uint32_t events, IoHandler& handler) {
  epoll_event e{events, {.ptr = &handler}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &e) < 0) fail("epoll_ctl");
}

void ReadySet::unwatch(int fd) noexcept { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void ReadySet::dispatch() {
  std::array<epoll_event, events_at_once> events;
  const auto count = epoll_wait(epoll_.get(), events.data(), events_at_once, 0);
  for (int i = 0; i < count; ++i) {
    const auto& e = events[static_cast<std::size_t>(i)];
    static_cast<IoHandler*>(e.data.ptr)->on_io(e.events);
  }
}

}  // namespace ccnproxy
