#include "ccnproxy/net/coroutine.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <poll.h>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy {
namespace {

namespace asio = boost::asio;
using WaitFor = asio::posix::descriptor_base::wait_type;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

/// Asio may tell of what a descriptor was that it watched before.
bool is_ready(int fd, WaitFor what) noexcept {
  pollfd asked{fd, static_cast<short>(what == WaitFor::wait_read ? POLLIN : POLLOUT), 0};
  return ::poll(&asked, 1, 0) > 0;
}

/// Unwinds a coroutine whose object has died; no std::exception, which its body might catch.
struct Ended {};

}  // namespace

struct Coroutine::State {
  explicit State(EventLoop& of) : loop(of), timer(of.io()), watched(of.io()) {}

  /// Before each wait and after it.
  void leave_if_over() const {
    if (over) throw Ended();
  }
  void enter() const {
    leave_if_over();
    loop.refresh();
  }
  void end() noexcept {
    over = true;
    if (watched.is_open()) watched.release();
    timer.cancel();
  }
  /// A deadline that is told late may be that of a wait before.
  void on_deadline(const boost::system::error_code& error) {
    if (!error && !over && watched.is_open() && timer.expiry() <= EventLoop::read_clock())
      watched.cancel();
  }

  static asio::awaitable<bool> ready(std::shared_ptr<State> state, int fd, WaitFor what,
                                     TimePoint until) {
    state->leave_if_over();
    state->watched.assign(fd);
    state->timer.expires_at(until);
    state->timer.async_wait([state](const auto& error) { state->on_deadline(error); });
    bool ready = false, late = false;
    while (!ready && !late) {
      const auto [error] = co_await state->watched.async_wait(what, as_result);
      state->enter();
      ready = !error && is_ready(fd, what);
      late = error || state->loop.now() >= until;
    }
    state->timer.cancel();
    state->watched.release();
    co_return ready;
  }
  static asio::awaitable<bool> notice(std::shared_ptr<State> state, TimePoint until) {
    state->leave_if_over();
    if (!state->notified) {
      state->timer.expires_at(until);
      co_await state->timer.async_wait(as_result);
      state->enter();
    }
    co_return std::exchange(state->notified, false);
  }

  EventLoop& loop;
  asio::steady_timer timer;
  asio::posix::stream_descriptor watched;  ///< another's; open while it is waited for
  bool notified = false;
  bool over = false;
};

Coroutine::Coroutine(EventLoop& loop) : state_(std::make_shared<State>(loop)) {}

Coroutine::~Coroutine() { end(); }

void Coroutine::end() noexcept { state_->end(); }

void Coroutine::start(asio::awaitable<void> body) {
  const auto on_end = [](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Ended&) {  // as it should
    }
  };
  asio::post(state_->loop.io(), [state = state_, body = std::move(body), on_end]() mutable {
    if (state->over) return;
    state->loop.refresh();
    asio::co_spawn(state->loop.io(), std::move(body), on_end);
  });
}

asio::awaitable<bool> Coroutine::readable(int fd, TimePoint until) {
  return State::ready(state_, fd, WaitFor::wait_read, until);
}

asio::awaitable<bool> Coroutine::writable(int fd, TimePoint until) {
  return State::ready(state_, fd, WaitFor::wait_write, until);
}

asio::awaitable<bool> Coroutine::notified(TimePoint until) { return State::notice(state_, until); }

void Coroutine::notify() {
  state_->notified = true;
  if (!state_->watched.is_open()) state_->timer.cancel();  // else it is found later
}

}  // namespace ccnproxy
