// What tunnels hold for who does not read (limits.memory): counted, bounded, given back, and
// nothing of it lost.
#include <algorithm>
#include <optional>

#include <poll.h>

#include "access_line.h"
#include "fakes/prometheus_text.h"
#include "tunnel_fixture.h"

namespace ccnproxy::integration {
namespace {

constexpr std::size_t one_way = 64 * 1024;   ///< that a tunnel owes one side at most
constexpr std::size_t receive = 256 * 1024;  ///< of one TLS connection
constexpr std::size_t piece = 16 * 1024;     ///< as origins send
constexpr std::uint64_t far_too_much = 64'000'000;

std::size_t held_by(const OneOrigin& proxy) {
  const auto page = RawClient(proxy.daemon->admin_address()).get("admin", "/metrics").body;
  return static_cast<std::size_t>(PrometheusText(page).value("ccnproxy_held_bytes{worker=\"0\"}"));
}

void wait_until_held(const OneOrigin& proxy, const std::function<bool(std::size_t)>& as_wanted) {
  for (const Deadline deadline(Patience(20'000)); !as_wanted(held_by(proxy));)
    if (deadline.passed()) throw Failure("held at last: " + std::to_string(held_by(proxy)));
}

void wait_until_nothing_is_held(const OneOrigin& proxy) {
  wait_until_held(proxy, [](std::size_t held) { return held == 0; });
}

/// As RawClient::send_until_blocked, from the origin; in pieces, of which the last may be blocked.
std::uint64_t send_until_blocked(OriginConnection& origin, Patience quiet,
                                 std::uint64_t limit = far_too_much) {
  std::uint64_t sent = 0;
  while (sent < limit) {
    const auto attempt = origin.stream().try_write(pattern(sent, piece));
    if (attempt.outcome == Stream::Outcome::Ended) throw PeerGone("while sending");
    sent += attempt.bytes;
    if (attempt.outcome == Stream::Outcome::Moved) continue;
    pollfd entry{origin.stream().fd(), POLLOUT, 0};
    if (::poll(&entry, 1, static_cast<int>(quiet.count())) == 0) break;
  }
  return sent;
}

class ClientTunnelMemory : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Origins, ClientTunnelMemory, ::testing::Values("http/1.1", "plain"),
                         origin_name);

TEST_P(ClientTunnelMemory, F062_counts_both_ways_loses_nothing_and_gives_all_back) {
  Tunnels proxy(GetParam(), [](DaemonConfig& config) { config.with_admin(); });
  Open tunnel(proxy);
  const auto up = tunnel.client.send_until_blocked(Patience(200), far_too_much);
  const auto down = send_until_blocked(*tunnel.origin, Patience(200));
  EXPECT_LT(up, far_too_much) << "who sends feels it";
  EXPECT_LT(down, far_too_much);
  wait_until_held(proxy, [](std::size_t held) { return held >= 2 * one_way; });
  EXPECT_LE(held_by(proxy), 2 * one_way + receive);
  EXPECT_TRUE(tunnel.origin->read_exact(up) == pattern(0, up));
  EXPECT_TRUE(tunnel.client.read_exact(down) == pattern(0, down));
  wait_until_nothing_is_held(proxy);
  tunnel.client.send("on");
  EXPECT_EQ(tunnel.origin->read_exact(2), "on");
  // Over TLS the piece that did not go comes first: a part of its record is on its way.
  tunnel.origin->write(pattern(down, piece));
  EXPECT_TRUE(tunnel.client.read_exact(piece) == pattern(down, piece));
  tunnel.client.close();
  const AccessLine record(proxy.daemon->wait_for_access_records(1).back());
  EXPECT_EQ(record.get("bytes_in"), std::to_string(up + 2));
  EXPECT_EQ(record.get("bytes_out"), std::to_string(down + piece));
}

TEST_P(ClientTunnelMemory, F062_all_is_given_back_however_a_tunnel_ends) {
  Tunnels proxy(GetParam(), [](DaemonConfig& config) { config.with_admin(); });
  const std::vector<std::function<void(Open&)>> ends = {
      [](Open& tunnel) { tunnel.client.reset(); },
      [](Open& tunnel) { tunnel.origin->reset(); },
      [](Open& tunnel) { tunnel.client.reset(), tunnel.origin->reset(); },
  };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    Open tunnel(proxy);
    tunnel.client.send_until_blocked(Patience(100), far_too_much);
    send_until_blocked(*tunnel.origin, Patience(100));
    wait_until_held(proxy, [](std::size_t held) { return held >= 2 * one_way; });
    ends[i](tunnel);
    wait_until_nothing_is_held(proxy);
    proxy.daemon->wait_for_access_records(i + 1);
  }
}

constexpr std::size_t limit = 8 * 1024 * 1024;
/// One receive of an origin, and what is read of each client before it is seen that memory is
/// tight.
constexpr std::size_t overshoot = 1024 * 1024;
constexpr std::size_t stuck = 60;
constexpr std::uint64_t more_than_sockets_take = 1'500'000;

/// Tunnels of which nobody reads either side, and what goes on beside them.
class StuckTunnels : public ClientTunnelMemory {
 protected:
  StuckTunnels()
      : others_(other_example(), Service(standard_answers)),
        proxy_(GetParam(), [this](DaemonConfig& config) {
          config.with_admin().set("limits.memory", "8MiB");
          config.origin("other.example", others_.endpoint(), pki().ca_file());
        }) {}

  static OriginOptions other_example() {
    auto options = origin_speaking("h2");
    options.certificate = pki().server({"other.example"});
    return options;
  }
  /// Fills one more both ways; it may be cut while it is filled. None is begun where the limit is
  /// near: it would be refused.
  void add() {
    wait_until_held(proxy_, [](std::size_t held) { return held < limit - limit / 8; });
    auto& tunnel = *crowd_.emplace_back(
        std::make_unique<Open>(proxy_, RawClientOptions{.receive_buffer = 4096}));
    try {
      tunnel.client.send_until_blocked(Patience(10), more_than_sockets_take);
      send_until_blocked(*tunnel.origin, Patience(10), more_than_sockets_take);
    } catch (const Failure&) {
      ++cut_;
    }
  }
  /// Whether a request to another origin was served; refused in words otherwise.
  bool others_are_served() {
    const auto response = proxy_.connect().get("other.example.ccnproxy-https", "/bytes/100000");
    if (response.status == 200) {
      EXPECT_EQ(response.body.size(), 100'000U);
      return true;
    }
    EXPECT_EQ(proxy_error(response), "connection_limit_reached");
    return false;
  }

  ScriptedOrigin others_;
  Tunnels proxy_;
  std::vector<std::unique_ptr<Open>> crowd_;
  std::size_t cut_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Origins, StuckTunnels, ::testing::Values("http/1.1", "plain"),
                         origin_name);

TEST_P(StuckTunnels, F062_stay_within_the_limit_and_stop_neither_requests_nor_other_tunnels) {
  Open moving(proxy_);
  std::size_t most = 0;
  std::size_t served = 0;
  std::uint64_t sent = 0;
  for (const Deadline deadline(Patience(60'000)); crowd_.size() < stuck || served < 20;) {
    if (crowd_.size() < stuck) add();
    const auto message = pattern(sent, 20'000);
    sent += message.size();
    moving.client.send(message);
    ASSERT_TRUE(moving.origin->read_exact(message.size()) == message);
    moving.origin->write(message);
    ASSERT_TRUE(moving.client.read_exact(message.size()) == message);
    served += others_are_served() ? 1 : 0;
    most = std::max(most, held_by(proxy_));
    ASSERT_LE(most, limit + overshoot);
    ASSERT_FALSE(deadline.passed()) << served << " served, " << most << " bytes held at most";
  }
  EXPECT_GT(most, limit / 2) << "the test holds enough to matter";
  for (const auto& tunnel : crowd_) tunnel->client.reset();
  wait_until_nothing_is_held(proxy_);
  moving.client.close();
  proxy_.daemon->wait_for_access_records(stuck + 1);
}

}  // namespace
}  // namespace ccnproxy::integration
