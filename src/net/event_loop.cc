#include "ccnproxy/net/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <sys/prctl.h>
#include <time.h>

namespace ccnproxy {
namespace {

namespace asio = boost::asio;

void nap(Duration length) {
  timespec t{length.count() / 1'000'000'000, length.count() % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &t, nullptr);
}

}  // namespace

/// Its reactor is used by this thread alone; posts come from any.
struct EventLoop::Asio {
  explicit Asio(int set) : ready(io, set) {}
  ~Asio() { ready.release(); }  // the set's own

  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> ready;
};

EventLoop::EventLoop(Duration coalesce, Warn warn)
    : now_(read_clock()),
      timers_(*this),
      gate_(coalesce),
      warn_(std::move(warn)),
      retry_(timers_, Delegate<void()>::to<&EventLoop::retry_ready>(this)),
      asio_(std::make_unique<Asio>(set_.fd())) {}

EventLoop::~EventLoop() {
  destroy_retired();  // while there still is what its coroutines wait with
  asio_.reset();      // what waits there is destroyed with it, and may retire something
  for (auto* tasks : {&deferred_calls_, &delayed_})
    tasks->clear_and_dispose([](DeferredCall* task) { task->queued_ = task->delayed_ = false; });
  destroy_retired();
}

asio::io_context& EventLoop::io() noexcept { return asio_->io; }

void EventLoop::defer(DeferredCall& task) noexcept {
  if (task.delayed_) cancel(task);
  if (task.queued_) return;
  task.queued_ = true;
  deferred_calls_.push_back(task);
}

void EventLoop::delay(DeferredCall& task, Duration by) noexcept {
  if (task.queued_) return;
  task.queued_ = task.delayed_ = true;
  task.due_ = now_ + by;
  delayed_.push_back(task);
}

void EventLoop::release_delayed() noexcept {
  for (auto before = delayed_.before_begin(); std::next(before) != delayed_.end();) {
    DeferredCall& task = *std::next(before);
    if (task.due_ > now_) {
      ++before;
      continue;
    }
    delayed_.erase_after(before);
    task.delayed_ = false;
    deferred_calls_.push_back(task);
  }
}

void EventLoop::cancel(DeferredCall& task) noexcept {
  if (!task.queued_) return;
  auto& tasks = task.delayed_ ? delayed_ : deferred_calls_;
  tasks.remove_if([&](const DeferredCall& t) { return &t == &task; });
  task.queued_ = task.delayed_ = false;
}

void EventLoop::post(std::function<void()> task) {
  asio::post(asio_->io, [this, task = std::move(task)] {
    refresh();
    task();
  });
}

void EventLoop::stop() { asio_->io.stop(); }

void EventLoop::run() {
  if (gate_.window().count() > 0)
    prctl(PR_SET_TIMERSLACK, 1000UL);  // else a nap of 100 us takes 150
  while (!asio_->io.stopped()) {
    if (gate_.open(now_)) nap(gate_.window());
    turn(next_due());
  }
}

void EventLoop::run_once(Duration timeout) {
  const auto limit = read_clock() + timeout;
  const auto due = next_due();
  turn(due ? std::min(*due, limit) : limit);
}

/// Of timers and delayed tasks.
std::optional<TimePoint> EventLoop::next_due() const {
  auto next = timers_.next();
  for (const auto& task : delayed_) next = next ? std::min(*next, task.due_) : task.due_;
  return next;
}

/// Readiness is an edge to Asio: asked for anew each time, it tells also of what was left.
void EventLoop::await_ready() {
  if (std::exchange(awaits_ready_, true)) return;
  asio_->ready.async_wait(asio::posix::descriptor_base::wait_read,
                          [this](const boost::system::error_code& error) {
                            refresh();
                            if (error) return on_ready_fault(error.message());
                            awaits_ready_ = false;
                            set_.dispatch();
                          });
}

void EventLoop::on_ready_fault(const std::string& fault) {
  if (warn_) warn_("connections can't be waited for, tried again in a second: " + fault);
  retry_.set_after(std::chrono::seconds(1));
}

/// One thing that Asio has to do, or until then.
void EventLoop::wait(std::optional<TimePoint> until) {
  auto& io = asio_->io;
  if (!until) {
    io.run_one();
  } else if ((*until <= read_clock() ? io.poll_one() : io.run_one_until(*until)) == 0) {
    refresh();
  }
}

void EventLoop::turn(std::optional<TimePoint> until) {
  await_ready();
  if (!deferred_calls_.empty()) until = now_;  // asked for outside a turn
  wait(until);
  timers_.advance();
  if (!delayed_.empty()) release_delayed();
  finish_turn();
}

void EventLoop::finish_turn() {
  while (!deferred_calls_.empty()) {
    DeferredCall& task = deferred_calls_.front();
    deferred_calls_.pop_front();
    task.queued_ = false;
    task.run_();
  }
  destroy_retired();
}

/// What dies may retire more.
void EventLoop::destroy_retired() {
  while (!deferred_deletes_.empty()) {
    auto dying = std::move(deferred_deletes_);
    deferred_deletes_.clear();
  }
}

}  // namespace ccnproxy
