#pragma once

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fakes/acceptor.h"
#include "fakes/origin_books.h"
#include "fakes/origin_connection.h"
#include "fakes/origin_setup.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// A server on loopback that does exactly what a test says.
///
/// With a script, each connection is handled on a thread of its own; the connection is closed when
/// the script returns. A script may end by PeerGone or Stopped; any other exception fails the test.
/// Without one the test takes the connections itself, ready with TLS: `auto c = origin.accept();`
///
/// All members are for any thread. Destruction ends blocked scripts and joins their threads.
class ScriptedOrigin {
 public:
  using Script = std::function<void(OriginConnection&)>;
  enum class Drop { CloseNotify, Fin, Reset };

  explicit ScriptedOrigin(OriginOptions options, Script script = nullptr);
  ~ScriptedOrigin();
  ScriptedOrigin(const ScriptedOrigin&) = delete;
  ScriptedOrigin& operator=(const ScriptedOrigin&) = delete;

  /// "127.0.0.1:40123"; stays the same over listen_again().
  const std::string& endpoint() const { return endpoint_; }
  std::uint16_t port() const { return port_of(endpoint_); }

  /// The next connection that no script took, its handshake done.
  std::shared_ptr<OriginConnection> accept(Deadline deadline = {});

  /// For connections accepted from now on. Those that are open keep what they had; session tickets
  /// stay valid.
  void reconfigure(const std::function<void(OriginOptions&)>& change);
  void set_script(Script script);

  /// Connects are refused from now on; open connections stay.
  void stop_listening();
  void listen_again();
  /// Ends the scripts of all open connections, wherever they wait, and closes these as said.
  /// Returns when they are closed. A connection that accept() handed out is the test's own to
  /// close, and is left alone.
  void drop_connections(Drop how);

  OriginCounts counts() const { return books_->counts(); }
  std::size_t accepts() const { return counts().accepts; }
  std::size_t handshakes() const { return counts().handshakes; }
  std::size_t requests() const { return counts().requests; }
  /// Wait for at least `count`.
  OriginCounts wait_for_accepts(std::size_t count, Deadline deadline = {}) const;
  OriginCounts wait_for_handshakes(std::size_t count, Deadline deadline = {}) const;
  OriginCounts wait_for_failed_handshakes(std::size_t count, Deadline deadline = {}) const;
  OriginCounts wait_for_requests(std::size_t count, Deadline deadline = {}) const;
  /// Waits until exactly `count` connections are open.
  OriginCounts wait_for_open(std::size_t count, Deadline deadline = {}) const;

  /// What scripts ended with where that did not fail the test (PeerGone), oldest first.
  std::vector<std::string> script_ends() const { return ends_.copy(); }

 private:
  /// One connection's thread. `how` is set before `stop` opens.
  struct Worker {
    std::shared_ptr<Latch> stop = std::make_shared<Latch>();
    std::atomic<Drop> how = Drop::CloseNotify;
    std::atomic<bool> done = false;
    std::thread thread;
  };
  using Connection = std::shared_ptr<OriginConnection>;

  void start_listening(const std::string& endpoint);
  void take(Descriptor socket);
  void work(Worker& worker, const Connection& connection);
  void converse(Worker& worker, const Connection& connection);
  bool greet(OriginConnection& connection, const OriginSetup& setup);
  void join_finished();
  std::list<Worker> stop_workers(Drop how);

  std::shared_ptr<OriginBooks> books_ = std::make_shared<OriginBooks>();
  Tally<std::vector<std::string>> ends_;
  Tally<std::deque<Connection>> waiting_;
  mutable std::mutex mutex_;  ///< guards what follows, to `workers_`
  OriginSetup::TicketKeys keys_{};
  std::shared_ptr<const OriginSetup> setup_;
  Script script_;
  std::list<Worker> workers_;
  std::string endpoint_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace ccnproxy::fakes
