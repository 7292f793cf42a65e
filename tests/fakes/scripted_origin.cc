#include "fakes/scripted_origin.h"

#include <openssl/rand.h>

namespace ccnproxy::fakes {

ScriptedOrigin::ScriptedOrigin(OriginOptions options, Script script) : script_(std::move(script)) {
  if (RAND_bytes(keys_.data(), static_cast<int>(keys_.size())) != 1) throw Failure("no randomness");
  const std::string address = options.address;
  setup_ = std::make_shared<const OriginSetup>(std::move(options), keys_);
  start_listening(address);
  endpoint_ = acceptor_->endpoint();
}

ScriptedOrigin::~ScriptedOrigin() {
  acceptor_.reset();
  drop_connections(Drop::CloseNotify);
}

void ScriptedOrigin::start_listening(const std::string& endpoint) {
  ListenOptions listening;
  listening.receive_buffer = setup_->options().receive_buffer;
  acceptor_ = std::make_unique<Acceptor>(endpoint, listening,
                                         [this](Descriptor socket) { take(std::move(socket)); });
}

void ScriptedOrigin::stop_listening() { acceptor_.reset(); }

void ScriptedOrigin::listen_again() {
  if (!acceptor_) start_listening(endpoint_);
}

void ScriptedOrigin::reconfigure(const std::function<void(OriginOptions&)>& change) {
  const std::lock_guard lock(mutex_);
  OriginOptions options = setup_->options();
  change(options);
  setup_ = std::make_shared<const OriginSetup>(std::move(options), keys_);
}

void ScriptedOrigin::set_script(Script script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

/// On the acceptor's thread.
void ScriptedOrigin::take(Descriptor socket) {
  join_finished();
  std::size_t number = 0;
  books_->note([&number](OriginCounts& counts) { number = counts.accepts++; });
  const std::lock_guard lock(mutex_);
  Worker& worker = workers_.emplace_back();
  auto connection =
      std::make_shared<OriginConnection>(std::move(socket), worker.stop, number, books_);
  worker.thread = std::thread([this, &worker, made = std::move(connection)]() mutable {
    const Connection held = std::move(made);
    work(worker, held);
  });
}

void ScriptedOrigin::join_finished() {
  const std::lock_guard lock(mutex_);
  workers_.remove_if([](Worker& worker) {
    if (!worker.done) return false;
    worker.thread.join();
    return true;
  });
}

void ScriptedOrigin::work(Worker& worker, const Connection& connection) {
  try {
    converse(worker, connection);
  } catch (const Stopped&) {
    if (worker.how == Drop::Reset) connection->reset();
    if (worker.how == Drop::Fin) connection->close_without_notify();
  } catch (const PeerGone& gone) {
    ends_.update([&gone](auto& ends) { ends.emplace_back(gone.what()); });
  } catch (const std::exception& error) {
    if (!worker.stop->is_open())
      report_failure("script of connection " + std::to_string(connection->number()) + ": " +
                     error.what());
  }
  worker.done = true;
}

void ScriptedOrigin::converse(Worker& worker, const Connection& connection) {
  std::unique_lock lock(mutex_);
  const auto setup = setup_;
  const Script script = script_;
  lock.unlock();
  if (setup->options().tls && !greet(*connection, *setup)) return;
  if (script) {
    script(*connection);
    if (worker.stop->is_open()) throw Stopped("dropped");
    connection->close();
  } else {
    waiting_.update([&connection](auto& waiting) { waiting.push_back(connection); });
  }
}

/// False where the handshake is not to be answered and the client has left.
bool ScriptedOrigin::greet(OriginConnection& connection, const OriginSetup& setup) {
  if (!setup.options().answer_handshake) {
    connection.read_to_end(Deadline::never());
    return false;
  }
  const auto note_hello = [&connection](OriginCounts& counts) {
    counts.sni.push_back(connection.tls_.sni);
  };
  try {
    setup.handshake(connection.stream_, connection.tls_);
  } catch (const PeerGone& gone) {
    books_->note([&](OriginCounts& counts) {
      note_hello(counts);
      ++counts.failed_handshakes;
      counts.handshake_errors.emplace_back(gone.what());
    });
    throw;
  }
  books_->note([&](OriginCounts& counts) {
    note_hello(counts);
    ++counts.handshakes;
    counts.resumed += connection.resumed() ? 1 : 0;
  });
  return true;
}

std::shared_ptr<OriginConnection> ScriptedOrigin::accept(Deadline deadline) {
  waiting_.wait([](const auto& waiting) { return !waiting.empty(); }, [](const auto&) { return 0; },
                [this](const auto&) {
                  return "awaited a connection; so far " + std::to_string(accepts()) +
                         " accepts, " + std::to_string(handshakes()) + " handshakes";
                },
                deadline);
  return waiting_.update([](auto& waiting) {
    Connection first = waiting.front();
    waiting.pop_front();
    return first;
  });
}

std::list<ScriptedOrigin::Worker> ScriptedOrigin::stop_workers(Drop how) {
  const std::lock_guard lock(mutex_);
  for (Worker& worker : workers_) {
    worker.how = how;
    worker.stop->open();
  }
  return std::exchange(workers_, {});
}

// Joined without the lock: a script that only begins, or that asks the origin something, takes it.
void ScriptedOrigin::drop_connections(Drop how) {
  std::list<Worker> stopped = stop_workers(how);
  for (Worker& worker : stopped) worker.thread.join();
}

OriginCounts ScriptedOrigin::wait_for_accepts(std::size_t count, Deadline deadline) const {
  return books_->wait_for(
      std::to_string(count) + " accepts",
      [count](const OriginCounts& counts) { return counts.accepts >= count; }, deadline);
}

OriginCounts ScriptedOrigin::wait_for_handshakes(std::size_t count, Deadline deadline) const {
  return books_->wait_for(
      std::to_string(count) + " handshakes",
      [count](const OriginCounts& counts) { return counts.handshakes >= count; }, deadline);
}

OriginCounts ScriptedOrigin::wait_for_failed_handshakes(std::size_t count,
                                                        Deadline deadline) const {
  return books_->wait_for(
      std::to_string(count) + " failed handshakes",
      [count](const OriginCounts& counts) { return counts.failed_handshakes >= count; }, deadline);
}

OriginCounts ScriptedOrigin::wait_for_requests(std::size_t count, Deadline deadline) const {
  return books_->wait_for(
      std::to_string(count) + " requests",
      [count](const OriginCounts& counts) { return counts.requests >= count; }, deadline);
}

OriginCounts ScriptedOrigin::wait_for_open(std::size_t count, Deadline deadline) const {
  return books_->wait_for(
      std::to_string(count) + " open connections",
      [count](const OriginCounts& counts) { return counts.open == count; }, deadline);
}

}  // namespace ccnproxy::fakes
