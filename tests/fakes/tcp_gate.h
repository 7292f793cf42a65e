#pragma once

#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "fakes/acceptor.h"
#include "fakes/gate_link.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// A forwarder on loopback between a client and a server, where a test plays the network:
///
///   TcpGate gate(origin.endpoint());
///   config.origin("api.test", gate.endpoint());
///   gate.set(TcpGate::ToClient, {.delay = Patience(50)});
///   gate.drop_silently();
///
/// Settings hold for open and for new connections. All members are for any thread; a change has
/// been made when its call returns, so that no byte passes by the old settings afterwards.
class TcpGate {
 public:
  static constexpr GateDirection ToServer = GateDirection::ToServer;
  static constexpr GateDirection ToClient = GateDirection::ToClient;

  explicit TcpGate(std::string server, const std::string& address = "127.0.0.1:0");
  ~TcpGate();
  TcpGate(const TcpGate&) = delete;
  TcpGate& operator=(const TcpGate&) = delete;

  const std::string& endpoint() const { return endpoint_; }
  std::uint16_t port() const { return port_of(endpoint_); }
  /// Where connections that come from now on go.
  void set_server(const std::string& server);

  void set(GateDirection direction, LinkSettings settings);
  /// Stops reading in this direction, so that the sender's buffers fill; and goes on.
  void stall(GateDirection direction) { change_stall(direction, true); }
  void resume(GateDirection direction) { change_stall(direction, false); }
  /// Both ends stay open and hear nothing more: bytes are taken and forgotten, and so are new
  /// connections. What a middlebox does that lost its table (F007).
  void drop_silently();
  /// The end of drop_silently() for new connections; those that it hit stay dead.
  void pass_again();
  /// Ends all open connections: FIN or RST to both ends.
  void cut();
  void reset();
  /// Refuses connects, and takes them again on the same port.
  void stop_listening();
  void listen_again();

  /// Accepted so far; open now; bytes passed on so far.
  std::size_t connections() const;
  std::size_t open_connections() const;
  std::uint64_t bytes(GateDirection direction) const;
  void wait_for_connections(std::size_t count, Deadline deadline = {}) const;
  /// Waits until exactly so many are open.
  void wait_for_open(std::size_t count, Deadline deadline = {}) const;
  void wait_for_bytes(GateDirection direction, std::uint64_t count, Deadline deadline = {}) const;

 private:
  struct State {
    std::string server;
    std::array<LinkSettings, 2> settings{};
    bool dropping = false;
    bool stopping = false;
    bool ended_by_reset = false;
    std::size_t endings = 0;  ///< calls of cut() and reset()
    std::list<GateConnection> open;
    std::size_t connections = 0;
    std::array<std::uint64_t, 2> bytes{};
  };
  void take(Descriptor client);
  void run();
  void change_stall(GateDirection direction, bool stalled);
  void change(const std::function<void(State&)>& what);
  void end_all(bool by_reset);
  static std::string describe(const std::string& awaited, const State& state);
  void wait_until(const std::string& awaited, const std::function<bool(const State&)>& reached,
                  Deadline deadline) const;

  Tally<State> state_;
  Descriptor wake_;
  std::string endpoint_;
  std::unique_ptr<Acceptor> acceptor_;
  std::thread thread_;
};

}  // namespace ccnproxy::fakes
