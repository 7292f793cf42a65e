#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "ccnproxy/origin/dialer.h"

#include "unit/pool/fake_connection.h"

namespace ccnproxy::pool {

/// What dials and connections there are. Outlives the dialer, which its pool owns.
struct FakeNetwork {
  struct Call {
    origin::Dial* dial;
    origin::ConnectionListener* listener;
    Delegate<void(origin::DialResult)> on_result;
  };
  std::vector<Call> dialing;                 ///< on their way, oldest first
  std::vector<FakeConnection*> connections;  ///< alive, oldest first
  std::size_t dials = 0;                     ///< ever started
  std::size_t given_up = 0;                  ///< destroyed before they called back
  std::uint64_t last_serial = 0;
  bool dialer_alive = true;
  std::string withdrawn;           ///< an address that DNS does not name any more
  std::string prohibited;          ///< an address that nothing may be connected to
  std::uint32_t stream_limit = 0;  ///< as recalled
  std::uint32_t settings = origin::streams_before_settings;  ///< what the dialer knows of it
  std::string address = "192.0.2.1:443";                     ///< of the next connections
  /// Where it is not empty, what DNS names: a connection leads to the one with the fewest.
  std::vector<std::string> named;
  Duration rtt = std::chrono::milliseconds(100);
  bool only_http1 = false;    ///< as the dialer was told
  bool http1_offered = true;  ///< by the next connections

  /// The oldest dial ends in a connection.
  FakeConnection& connect(origin::Protocol protocol, std::size_t limit) {
    const auto call = take();
    if (!named.empty()) address = least_used();
    auto made = std::make_unique<FakeConnection>(
        origin::ConnectionInfo{
            ++last_serial, protocol, address, {}, false, rtt, true, http1_offered},
        limit, *call.listener, [this](FakeConnection& c) { std::erase(connections, &c); });
    auto& connection = *made;
    connections.push_back(&connection);
    call.on_result(origin::DialResult(std::move(made)));
    return connection;
  }
  FakeConnection& connect_http1() { return connect(origin::Protocol::http1, 1); }
  FakeConnection& connect_http2(std::size_t limit = 100) {
    return connect(origin::Protocol::http2, limit);
  }
  /// The oldest dial fails.
  void refuse(ErrorType type = ErrorType::connection_refused) {
    take().on_result(
        origin::DialResult(Error{type, Side::origin, Phase::tcp, Proof::not_sent, "refused"}));
  }
  void fail(Error error) { take().on_result(origin::DialResult(std::move(error))); }
  /// The end of a turn, as far as connections go.
  void settle() {
    for (auto* connection : std::vector(connections)) connection->settle();
  }

  std::size_t connections_to(const std::string& place) const {
    return static_cast<std::size_t>(
        std::count_if(connections.begin(), connections.end(),
                      [&](auto* c) { return c->info().address == place; }));
  }
  std::string least_used() const {
    return *std::min_element(named.begin(), named.end(), [this](auto& a, auto& b) {
      return connections_to(a) < connections_to(b);
    });
  }
  origin::DialAddresses addresses() const {
    const auto unused = std::count_if(named.begin(), named.end(),
                                      [this](auto& a) { return connections_to(a) == 0; });
    return {named.size(), static_cast<std::size_t>(unused)};
  }

 private:
  Call take() {
    const auto call = dialing.at(0);
    dialing.erase(dialing.begin());
    return call;
  }
};

class FakeDial final : public origin::Dial {
 public:
  explicit FakeDial(FakeNetwork& network) : network_(network) {}
  ~FakeDial() override {
    network_.given_up +=
        std::erase_if(network_.dialing, [this](const auto& call) { return call.dial == this; });
  }

 private:
  FakeNetwork& network_;
};

class FakeDialer final : public origin::Dialer {
 public:
  explicit FakeDialer(FakeNetwork& network) : network_(network) {}
  ~FakeDialer() override { network_.dialer_alive = false; }
  bool is_withdrawn(const std::string& address) override { return address == network_.withdrawn; }
  bool is_prohibited(const std::string& address) override { return address == network_.prohibited; }
  origin::DialAddresses addresses() override { return network_.addresses(); }
  void recall_stream_limit(std::uint32_t limit) override {
    network_.stream_limit = network_.settings = limit;
  }
  std::uint32_t stream_limit() const override { return network_.settings; }
  void offer_only_http1(bool only) override { network_.only_http1 = only; }
  std::unique_ptr<origin::Dial> dial(origin::ConnectionListener& listener,
                                     Delegate<void(origin::DialResult)> on_result) override {
    auto dial = std::make_unique<FakeDial>(network_);
    network_.dialing.push_back({dial.get(), &listener, on_result});
    ++network_.dials;
    return dial;
  }

 private:
  FakeNetwork& network_;
};

}  // namespace ccnproxy::pool
