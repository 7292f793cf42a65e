#include "state_writer.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include <boost/asio/post.hpp>
#include <pthread.h>

#include "ccnproxy/base/signals_blocked.h"

namespace ccnproxy::daemon {
namespace {

constexpr auto patience_at_end = std::chrono::seconds(2);

struct Job {
  std::string path;
  std::string text;
  StateWriter::Done done;
};

}  // namespace

/// What the writer and its thread share. The thread may be left behind with it.
struct StateWriter::State {
  State(boost::asio::io_context& of, Write how) : write(std::move(how)), io(&of) {}

  void run();
  std::optional<Job> next();
  void tell(Done done, std::optional<std::string> fault);

  const Write write;
  std::promise<void> finished;

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Job> waiting;
  bool stopping = false;
  boost::asio::io_context* io;  ///< null once it may be gone
};

std::optional<Job> StateWriter::State::next() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [this] { return waiting || stopping; });
  return std::exchange(waiting, std::nullopt);
}

void StateWriter::State::tell(Done done, std::optional<std::string> fault) {
  const std::lock_guard lock(mutex);
  if (io == nullptr) return;
  boost::asio::post(*io, [done = std::move(done), fault = std::move(fault)] { done(fault); });
}

void StateWriter::State::run() {
  ::pthread_setname_np(::pthread_self(), "state-file");
  while (auto job = next()) tell(std::move(job->done), write(job->path, job->text));
  finished.set_value();
}

StateWriter::StateWriter(boost::asio::io_context& io, Write write)
    : state_(std::make_shared<State>(io, std::move(write))) {}

StateWriter::~StateWriter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_one();
  }
  const auto ended = state_->finished.get_future().wait_for(patience_at_end);
  {
    const std::lock_guard lock(state_->mutex);
    state_->io = nullptr;
  }
  ended == std::future_status::ready ? thread_.join() : thread_.detach();
}

void StateWriter::write(std::string path, std::string text, Done done) {
  if (!thread_.joinable()) {
    const SignalsBlocked blocked;
    thread_ = std::thread([state = state_] { state->run(); });
  }
  const std::lock_guard lock(state_->mutex);
  state_->waiting = Job{std::move(path), std::move(text), std::move(done)};
  state_->changed.notify_one();
}

}  // namespace ccnproxy::daemon
