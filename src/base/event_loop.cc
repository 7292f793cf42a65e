#include "ccnproxy/base/event_loop.h"

#include <cerrno>
#include <system_error>

#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>

namespace ccnproxy {
namespace {

constexpr int events_a_turn = 512;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

void nap(Duration length) {
  timespec t{length.count() / 1'000'000'000, length.count() % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, nullptr);
}

}  // namespace

/// Wakes the loop from other threads.
class EventLoop::Waker final : public IoHandler {
 public:
  explicit Waker(EventLoop& loop) : loop_(loop), fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!fd_) fail("eventfd");
    loop_.watch(fd_.get(), EPOLLIN, *this);
  }
  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto n =
        ::write(fd_.get(), &one, sizeof one);  // EAGAIN: it is awake already
  }
  void on_io(std::uint32_t) override {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto n = ::read(fd_.get(), &count, sizeof count);
    std::vector<std::function<void()>> tasks;
    {
      const std::lock_guard lock(loop_.posted_mutex_);
      tasks.swap(loop_.posted_);
    }
    for (auto& task : tasks) task();
  }

 private:
  EventLoop& loop_;
  UniqueFd fd_;
};

EventLoop::EventLoop(Duration coalesce)
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), now_(read_clock()), timers_(*this), gate_(coalesce) {
  if (!epoll_) fail("epoll_create1");
  waker_ = std::make_unique<Waker>(*this);
}

EventLoop::~EventLoop() {
  for (auto* tasks : {&turn_tasks_, &delayed_})
    tasks->clear_and_dispose([](TurnTask* task) { task->queued_ = task->delayed_ = false; });
  while (!retired_.empty()) {  // what dies may retire more
    auto dying = std::move(retired_);
    retired_.clear();
  }
}

void EventLoop::watch(int fd, std::uint32_t events, IoHandler& handler) {
  epoll_event e{events, {.ptr = &handler}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &e) < 0) fail("epoll_ctl");
}

void EventLoop::rewatch(int fd, std::uint32_t events, IoHandler& handler) {
  epoll_event e{events, {.ptr = &handler}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &e) < 0) fail("epoll_ctl");
}

void EventLoop::unwatch(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void EventLoop::at_turn_end(TurnTask& task) noexcept {
  if (task.delayed_) cancel(task);
  if (task.queued_) return;
  task.queued_ = true;
  turn_tasks_.push_back(task);
}

void EventLoop::delay(TurnTask& task, Duration by) noexcept {
  if (task.queued_) return;
  task.queued_ = task.delayed_ = true;
  task.due_ = now_ + by;
  delayed_.push_back(task);
}

void EventLoop::release_delayed() noexcept {
  for (auto before = delayed_.before_begin(); std::next(before) != delayed_.end();) {
    TurnTask& task = *std::next(before);
    if (task.due_ > now_) {
      ++before;
      continue;
    }
    delayed_.erase_after(before);
    task.delayed_ = false;
    turn_tasks_.push_back(task);
  }
}

void EventLoop::cancel(TurnTask& task) noexcept {
  if (!task.queued_) return;
  auto& tasks = task.delayed_ ? delayed_ : turn_tasks_;
  tasks.remove_if([&](const TurnTask& t) { return &t == &task; });
  task.queued_ = task.delayed_ = false;
}

void EventLoop::post(std::function<void()> task) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  waker_->wake();
}

void EventLoop::stop() {
  stopping_.store(true);
  waker_->wake();
}

void EventLoop::run() {
  if (gate_.window().count() > 0)
    prctl(PR_SET_TIMERSLACK, 1000UL);  // else a nap of 100 us takes 150
  // Relaxed: stop() wakes the loop after it has stored, and nothing else is read on its word.
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (gate_.open(now_)) nap(gate_.window());
    turn(wait_ms());
  }
}

void EventLoop::run_once(Duration timeout) {
  const auto limit =
      static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(timeout).count());
  const auto timers = wait_ms();
  turn(timers < 0 ? limit : std::min(limit, timers));
}

int EventLoop::wait_ms() const {
  if (!turn_tasks_.empty()) return 0;  // asked for outside a turn
  auto next = timers_.next();
  for (const auto& task : delayed_) next = next ? std::min(*next, task.due_) : task.due_;
  if (!next) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now_).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void EventLoop::turn(int timeout_ms) {
  std::array<epoll_event, events_a_turn> events;
  const auto count = epoll_wait(epoll_.get(), events.data(), events_a_turn, timeout_ms);
  now_ = read_clock();
  for (int i = 0; i < count; ++i) {
    const auto& e = events[static_cast<std::size_t>(i)];
    static_cast<IoHandler*>(e.data.ptr)->on_io(e.events);
  }
  timers_.advance();
  if (!delayed_.empty()) release_delayed();
  finish_turn();
}

void EventLoop::finish_turn() {
  while (!turn_tasks_.empty()) {
    TurnTask& task = turn_tasks_.front();
    turn_tasks_.pop_front();
    task.queued_ = false;
    task.run_();
  }
  while (!retired_.empty()) {
    auto dying = std::move(retired_);
    retired_.clear();
  }
}

}  // namespace ccnproxy
