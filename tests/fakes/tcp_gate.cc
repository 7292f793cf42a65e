#include "fakes/tcp_gate.h"

#include <tuple>
#include <vector>

#include <sys/eventfd.h>
#include <sys/socket.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

constexpr std::size_t index(GateDirection direction) { return static_cast<std::size_t>(direction); }

void close_socket(Descriptor& socket, bool by_reset) {
  const linger now{1, 0};
  if (by_reset) ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  if (!by_reset) ::shutdown(socket.get(), SHUT_WR);
  // Unread input would turn the close into a RST.
  std::array<char, 65536> ignored;
  while (!by_reset && ::recv(socket.get(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0)
    continue;
  socket.reset();
}

void end(GateConnection& connection, bool by_reset) {
  close_socket(connection.client, by_reset);
  close_socket(connection.server, by_reset);
  connection.over = true;
}

int source(const GateConnection& connection, std::size_t link) {
  return (link == 0 ? connection.client : connection.server).get();
}

int sink(const GateConnection& connection, std::size_t link) {
  return source(connection, 1 - link);
}

}  // namespace

TcpGate::TcpGate(std::string server, const std::string& address)
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  ignore_sigpipe();
  state_.update([&server](State& state) { state.server = std::move(server); });
  endpoint_ = address;
  listen_again();
  endpoint_ = acceptor_->endpoint();
  thread_ = std::thread([this] { run(); });
}

TcpGate::~TcpGate() {
  acceptor_.reset();
  change([](State& state) { state.stopping = true; });
  thread_.join();
}

void TcpGate::listen_again() {
  if (acceptor_) return;
  acceptor_ = std::make_unique<Acceptor>(endpoint_, ListenOptions{},
                                         [this](Descriptor client) { take(std::move(client)); });
}

void TcpGate::stop_listening() { acceptor_.reset(); }

/// Changes the state and has the loop look at it.
void TcpGate::change(const std::function<void(State&)>& what) {
  state_.update(what);
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) < 0) return;  // full: it is awake already
}

/// On the acceptor's thread. A server that refuses is a client that is closed at once.
void TcpGate::take(Descriptor client) {
  const auto [server, dropping, endings] = state_.update([](State& state) {
    ++state.connections;
    return std::tuple(state.server, state.dropping, state.endings);
  });
  GateConnection made;
  made.dead = dropping;
  made.client = std::move(client);
  if (!dropping) {
    try {
      made.server = connect_to(server);
    } catch (const Failure&) {
      return close_socket(made.client, false);
    }
  }
  // What the test did meanwhile holds for this connection too: its origin may have seen it already.
  change([&made, before = endings](State& state) {
    made.dead = made.dead || state.dropping;
    if (state.endings != before) return end(made, state.ended_by_reset);
    state.open.push_back(std::move(made));
  });
}

void TcpGate::set_server(const std::string& server) {
  change([&server](State& state) { state.server = server; });
}

void TcpGate::set(GateDirection direction, LinkSettings settings) {
  change([&](State& state) { state.settings[index(direction)] = settings; });
}

void TcpGate::change_stall(GateDirection direction, bool stalled) {
  change([&](State& state) { state.settings[index(direction)].stalled = stalled; });
}

void TcpGate::drop_silently() {
  change([](State& state) {
    state.dropping = true;
    for (GateConnection& connection : state.open) connection.dead = true;
  });
}

void TcpGate::pass_again() {
  change([](State& state) { state.dropping = false; });
}

void TcpGate::end_all(bool by_reset) {
  change([by_reset](State& state) {
    for (GateConnection& connection : state.open) end(connection, by_reset);
    state.open.clear();
    ++state.endings;
    state.ended_by_reset = by_reset;
  });
}

void TcpGate::cut() { end_all(false); }
void TcpGate::reset() { end_all(true); }

namespace {

/// One look at a connection: moves what can be moved. Adds the bytes that went out.
void move_bytes(GateConnection& connection, const std::array<LinkSettings, 2>& settings,
                std::array<std::uint64_t, 2>& bytes) {
  for (std::size_t link = 0; link < 2; ++link) {
    GateLink& moving = connection.links[link];
    const LinkSettings& rules = settings[link];
    if (source(connection, link) >= 0 && (connection.dead || moving.wants_input(rules)) &&
        !moving.read(source(connection, link), rules, connection.dead))
      return end(connection, true);
    if (connection.dead) continue;
    const std::int64_t written =
        moving.write(sink(connection, link), GateLink::Clock::now(), rules);
    if (written < 0) return end(connection, true);
    bytes[link] += static_cast<std::uint64_t>(written);
    if (moving.reached_limit(rules)) return end(connection, rules.end_by_reset);
  }
  if (connection.links[0].finished() && connection.links[1].finished()) end(connection, false);
}

/// What poll(2) must watch for a connection; shortens `until` to its next due byte.
void watch(const GateConnection& connection, const std::array<LinkSettings, 2>& settings,
           std::vector<pollfd>& entries, Deadline& until) {
  std::array<short, 2> events{};  // of the client's and the server's socket
  const auto now = GateLink::Clock::now();
  for (std::size_t link = 0; link < 2; ++link) {
    const GateLink& moving = connection.links[link];
    if (moving.wants_input(settings[link])) events[link] |= POLLIN;
    if (connection.dead) continue;
    if (moving.wants_output(now)) {
      events[1 - link] |= POLLOUT;
    } else if (moving.next_due().at() < until.at()) {
      until = moving.next_due();
    }
  }
  for (std::size_t side = 0; side < 2; ++side)
    if (events[side] != 0) entries.push_back({source(connection, side), events[side], 0});
}

}  // namespace

void TcpGate::run() {
  while (true) {
    std::vector<pollfd> entries{{wake_.get(), POLLIN, 0}};
    Deadline until = Deadline::never();
    const bool stopping = state_.update([&](State& state) {
      for (GateConnection& connection : state.open)
        move_bytes(connection, state.settings, state.bytes);
      state.open.remove_if([](const GateConnection& connection) { return connection.over; });
      for (const GateConnection& connection : state.open)
        watch(connection, state.settings, entries, until);
      return state.stopping;
    });
    if (stopping) return;
    ::poll(entries.data(), entries.size(), until.poll_timeout());
    std::uint64_t count = 0;
    if (entries[0].revents != 0 && ::read(wake_.get(), &count, sizeof count) < 0) continue;
  }
}

std::size_t TcpGate::connections() const {
  return state_.read([](const State& state) { return state.connections; });
}

std::size_t TcpGate::open_connections() const {
  return state_.read([](const State& state) { return state.open.size(); });
}

std::uint64_t TcpGate::bytes(GateDirection direction) const {
  return state_.read([direction](const State& state) { return state.bytes[index(direction)]; });
}

std::string TcpGate::describe(const std::string& awaited, const State& state) {
  return "awaited " + awaited + " at the gate; it saw " + std::to_string(state.connections) +
         " connections, " + std::to_string(state.open.size()) + " open, " +
         std::to_string(state.bytes[0]) + " bytes to the server, " +
         std::to_string(state.bytes[1]) + " to the client";
}

void TcpGate::wait_until(const std::string& awaited,
                         const std::function<bool(const State&)>& reached,
                         Deadline deadline) const {
  state_.wait(
      reached, [](const State&) { return 0; },
      [&](const State& state) { return describe(awaited, state); }, deadline);
}

void TcpGate::wait_for_connections(std::size_t count, Deadline deadline) const {
  wait_until(
      std::to_string(count) + " connections",
      [count](const State& state) { return state.connections >= count; }, deadline);
}

void TcpGate::wait_for_open(std::size_t count, Deadline deadline) const {
  wait_until(
      std::to_string(count) + " open connections",
      [count](const State& state) { return state.open.size() == count; }, deadline);
}

void TcpGate::wait_for_bytes(GateDirection direction, std::uint64_t count,
                             Deadline deadline) const {
  wait_until(
      std::to_string(count) + " bytes",
      [=](const State& state) { return state.bytes[index(direction)] >= count; }, deadline);
}

}  // namespace ccnproxy::fakes
