#include "emulator.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "tun_device.h"

namespace ccnproxy::wan {
namespace {

using std::chrono::steady_clock;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

FileDescriptor open_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) sigaddset(&set, number);
  checked(::sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  return FileDescriptor(checked(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd"));
}

// steady_clock is CLOCK_MONOTONIC here, so a time point can arm the timer as it is.
FileDescriptor open_timer() {
  return FileDescriptor(
      checked(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd_create"));
}

timespec to_timespec(steady_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  return {seconds.count(), std::chrono::nanoseconds(since - seconds).count()};
}

}  // namespace

Emulator::Emulator(const Options& options)
    : tun_a_(open_tun(options.namespace_a, options.device_a)),
      tun_b_(open_tun(options.namespace_b, options.device_b)),
      signals_(open_signals()),
      timer_(open_timer()),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      a_to_b_(LinkDirection::Side::a, tun_a_.get(), tun_b_.get(),
              LinkModel(options.link, options.seed), flows_),
      b_to_a_(LinkDirection::Side::b, tun_b_.get(), tun_a_.get(),
              LinkModel(options.link, options.seed + 1), flows_) {
  for (const FileDescriptor* file : {&tun_a_, &tun_b_, &signals_, &timer_}) watch(file->get());
}

void Emulator::watch(int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Emulator::run() {
  std::array<epoll_event, 4> events{};
  while (running_) {
    arm_timer();
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
    if (count < 0 && errno != EINTR) checked(count, "epoll_wait");
    for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)].data.fd);
    const auto now = steady_clock::now();
    a_to_b_.let_out(now);
    b_to_a_.let_out(now);
  }
}

void Emulator::arm_timer() {
  const auto a = a_to_b_.next_due();
  const auto b = b_to_a_.next_due();
  if (!a && !b) return;
  const auto next = std::min(a.value_or(steady_clock::time_point::max()),
                             b.value_or(steady_clock::time_point::max()));
  if (next == armed_for_) return;
  itimerspec when{};
  when.it_value = to_timespec(next);
  checked(::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr), "timerfd_settime");
  armed_for_ = next;
}

void Emulator::clear_timer() {
  std::uint64_t expirations = 0;
  // Nothing to read is fine: the timer was armed anew in between.
  if (::read(timer_.get(), &expirations, sizeof expirations) > 0) armed_for_.reset();
}

void Emulator::handle(int fd) {
  if (fd == tun_a_.get()) a_to_b_.take_in();
  if (fd == tun_b_.get()) b_to_a_.take_in();
  if (fd == timer_.get()) clear_timer();
  if (fd == signals_.get()) handle_signals();
}

void Emulator::handle_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo == SIGUSR2) {
      flows_.blackhole();
      continue;
    }
    report();
    if (info.ssi_signo != SIGUSR1) running_ = false;
  }
}

void Emulator::report() const {
  a_to_b_.report(stdout);
  b_to_a_.report(stdout);
}

}  // namespace ccnproxy::wan
