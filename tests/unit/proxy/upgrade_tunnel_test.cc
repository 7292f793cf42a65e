// A tunnel between two transports of the test's: what it holds, counts and gives back.

#include "ccnproxy/proxy/upgrade_tunnel.h"

#include <optional>

#include <gtest/gtest.h>

#include "unit/origin/hoarding_transport.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::proxy {
namespace {

using origin::HoardingTransport;
using origin::SocketPair;
using origin::turn_until;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t one_way = 64 * 1024;      ///< that a tunnel may owe one side
constexpr std::size_t read_ahead = 256 * 1024;  ///< by HoardingTransport

/// A socket that its owner is never told of, so that nothing but a timer comes back to it. Takes
/// what the test lets it take; has nothing to read.
class MuteTransport final : public tls::Transport {
 public:
  explicit MuteTransport(UniqueFd full) : Transport(std::move(full)) {}
  tls::IoResult read(char*, std::size_t) override { return {tls::IoStatus::would_block}; }
  tls::IoResult write(std::string_view bytes) override {
    if (!takes) return {tls::IoStatus::would_block};
    taken += bytes;
    return {tls::IoStatus::ok, bytes.size()};
  }
  bool has_more() override { return false; }
  void close() override { fd_.reset(); }
  std::string failure() const override { return "broken"; }

  bool takes = false;
  std::string taken;
};

void fill(int fd) {
  const std::string bytes(16 * 1024, 'x');
  while (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) {
  }
}

/// Reads what was filled in: the other end is writable again.
void empty(int fd) {
  char bytes[16 * 1024];
  while (::recv(fd, bytes, sizeof bytes, 0) > 0) {
  }
}

std::string numbered(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (i + i / 251) % 26);
  return bytes;
}

class UpgradeTunnelTest : public ::testing::Test {
 protected:
  ~UpgradeTunnelTest() override {
    if (tunnel_) tunnel_->reset();
  }
  void begin(std::unique_ptr<tls::Transport> client, std::unique_ptr<tls::Transport> origin,
             std::string_view for_client = "", std::string_view for_origin = "") {
    tunnel_.emplace(loop_, buffers_, seconds(600),
                    Delegate<void(UpgradeTunnel::End)>::to<&UpgradeTunnelTest::on_end>(this));
    tunnel_->begin(std::move(client), for_client, std::move(origin), for_origin);
  }
  /// Between two peers of the test's, both over transports that read ahead.
  void begin_between_peers() {
    begin(std::make_unique<HoardingTransport>(std::move(client_sockets_.ours)),
          std::make_unique<HoardingTransport>(std::move(origin_sockets_.ours)));
    client_.emplace(loop_, std::move(client_sockets_.theirs));
    origin_.emplace(loop_, std::move(origin_sockets_.theirs));
  }
  MuteTransport& begin_with_mute_client(std::unique_ptr<tls::Transport> origin) {
    auto client = std::make_unique<MuteTransport>(std::move(client_sockets_.ours));
    auto& mute = *client;
    fill(mute.fd());
    begin(std::move(client), std::move(origin));
    return mute;
  }
  /// The origin has sent these; returns when memory is full of them.
  MuteTransport& fill_memory(const std::string& bytes) {
    const int room = 1024 * 1024;
    const int fd = origin_sockets_.theirs.get();
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    auto& mute = begin_with_mute_client(
        std::make_unique<HoardingTransport>(std::move(origin_sockets_.ours)));
    EXPECT_TRUE(until([&] { return buffers_.held.full(); }));
    return mute;
  }
  void on_end(UpgradeTunnel::End how) { end_ = how; }
  bool until(const std::function<bool()>& done) { return turn_until(loop_, done); }
  /// Turns until nothing has come or gone for a while.
  void settle() {
    for (std::size_t before = 1; before != buffers_.held.used();) {
      before = buffers_.held.used();
      for (int i = 0; i < 50; ++i) loop_.run_once(Duration(0));
    }
  }

  EventLoop loop_;
  origin::WorkerBuffers buffers_;
  SocketPair client_sockets_, origin_sockets_;
  std::optional<UpgradeTunnel> tunnel_;
  std::optional<origin::SocketPeer> client_, origin_;
  std::optional<UpgradeTunnel::End> end_;
};

TEST_F(UpgradeTunnelTest, F062_holds_a_bounded_part_each_way_and_loses_nothing) {
  const auto bytes = numbered(2'000'000);
  begin_between_peers();
  client_->stop_reading();
  origin_->stop_reading();
  client_->send(bytes);
  origin_->send(bytes);
  settle();
  EXPECT_GE(buffers_.held.used(), 2 * one_way);
  EXPECT_LE(buffers_.held.used(), 2 * (one_way + read_ahead));
  EXPECT_FALSE(client_->all_sent()) << "who sends feels it";
  EXPECT_FALSE(origin_->all_sent());
  client_->start_reading();
  origin_->start_reading();
  ASSERT_TRUE(until([&] { return client_->received().size() == bytes.size(); }));
  ASSERT_TRUE(until([&] { return origin_->received().size() == bytes.size(); }));
  EXPECT_TRUE(client_->received() == bytes);
  EXPECT_TRUE(origin_->received() == bytes);
  EXPECT_EQ(buffers_.held.used(), 0U);
  EXPECT_EQ(tunnel_->to_client(), bytes.size());
  EXPECT_EQ(tunnel_->to_origin(), bytes.size());
}

TEST_F(UpgradeTunnelTest, F062_what_tls_has_read_ahead_counts_too) {
  begin_between_peers();
  client_->stop_reading();
  origin_->send(numbered(2'000'000));
  settle();
  // A receive that was given on as far as one way goes: what is left of it is the transport's.
  EXPECT_GT(buffers_.held.used(), one_way);
  EXPECT_EQ(tunnel_->stalled().bytes, buffers_.held.used());
}

TEST_F(UpgradeTunnelTest, F062_one_way_that_stands_still_does_not_stop_the_other) {
  const auto bytes = numbered(2'000'000);
  begin_between_peers();
  client_->stop_reading();
  origin_->send(bytes);
  settle();
  client_->send(bytes);
  ASSERT_TRUE(until([&] { return origin_->received().size() == bytes.size(); }));
  EXPECT_TRUE(origin_->received() == bytes);
  EXPECT_GE(tunnel_->stalled().bytes, one_way) << "still for the client";
}

TEST_F(UpgradeTunnelTest, F062_where_memory_is_tight_nothing_is_read_before_what_came_has_gone) {
  buffers_.held.set_limit(1024 * 1024);
  auto& mute = begin_with_mute_client(
      std::make_unique<tls::PlainTransport>(std::move(origin_sockets_.ours)));
  origin_.emplace(loop_, std::move(origin_sockets_.theirs));
  for (const std::size_t held : {1000U, 2000U}) {
    origin_->send(numbered(1000));
    ASSERT_TRUE(until([&] { return buffers_.held.used() == held; })) << "up to 64 KiB otherwise";
  }
  std::size_t others = 0;
  buffers_.held.change(MemoryBudget::For::clients, others, 512 * 1024);
  origin_->send(numbered(1000));
  settle();
  EXPECT_EQ(tunnel_->stalled().bytes, 2000U);
  mute.takes = true;
  empty(client_sockets_.theirs.get());
  ASSERT_TRUE(until([&] { return mute.taken.size() == 3000; })) << mute.taken.size();
}

TEST_F(UpgradeTunnelTest, F062_where_memory_is_full_nobody_is_read_until_there_is_room) {
  std::size_t others = 0;
  buffers_.held.set_limit(1024 * 1024);
  buffers_.held.change(MemoryBudget::For::clients, others, 1024 * 1024);
  begin_between_peers();
  client_->send("from the client");
  origin_->send("from the origin");
  settle();
  EXPECT_EQ(tunnel_->stalled().bytes, 0U);
  EXPECT_EQ(client_->received() + origin_->received(), "");
  buffers_.held.change(MemoryBudget::For::clients, others, 0);
  ASSERT_TRUE(until([&] { return !client_->received().empty() && !origin_->received().empty(); }));
  EXPECT_EQ(client_->received(), "from the origin");
  EXPECT_EQ(origin_->received(), "from the client");
}

TEST_F(UpgradeTunnelTest, F062_what_was_read_ahead_goes_on_where_memory_is_full) {
  buffers_.held.set_limit(2 * one_way);
  auto& mute = fill_memory(numbered(3 * one_way));
  std::size_t others = 0;
  buffers_.held.change(MemoryBudget::For::clients, others, 2 * one_way);
  mute.takes = true;
  ASSERT_TRUE(until([&] { return tunnel_->stalled().bytes == 0; })) << mute.taken.size();
  EXPECT_GT(mute.taken.size(), 2 * one_way);
  buffers_.held.change(MemoryBudget::For::clients, others, 0);
  ASSERT_TRUE(until([&] { return mute.taken.size() == 3 * one_way; })) << mute.taken.size();
  EXPECT_TRUE(mute.taken == numbered(3 * one_way));
}

/// What fills memory here is the tunnel's own part, and the rest is where no socket tells of it.
TEST_F(UpgradeTunnelTest, F062_goes_on_by_itself_when_its_own_part_was_what_filled_memory) {
  buffers_.held.set_limit(one_way);
  const auto bytes = numbered(3 * one_way / 2);
  auto& mute = fill_memory(bytes);
  mute.takes = true;
  ASSERT_TRUE(until([&] { return mute.taken.size() == bytes.size(); })) << mute.taken.size();
  EXPECT_TRUE(mute.taken == bytes);
  EXPECT_EQ(buffers_.held.used(), 0U);
}

TEST_F(UpgradeTunnelTest, F082_what_came_before_the_end_is_delivered_however_slowly) {
  const auto bytes = numbered(300'000);
  begin_between_peers();
  client_->stop_reading();
  origin_->send(bytes);
  ASSERT_TRUE(until([&] { return origin_->all_sent(); }));
  origin_->finish();
  settle();
  EXPECT_FALSE(end_);
  client_->start_reading();
  ASSERT_TRUE(until([&] { return client_->ended(); }));
  EXPECT_TRUE(client_->received() == bytes);
  EXPECT_EQ(end_, UpgradeTunnel::End::closed);
  EXPECT_EQ(buffers_.held.used(), 0U);
}

TEST_F(UpgradeTunnelTest, F062_gives_all_back_when_it_is_reset) {
  begin_between_peers();
  client_->stop_reading();
  origin_->send(numbered(2'000'000));
  settle();
  EXPECT_GT(buffers_.held.used(), 0U);
  tunnel_->reset();
  EXPECT_EQ(buffers_.held.used(), 0U);
  EXPECT_FALSE(end_) << "who resets it knows";
}

}  // namespace
}  // namespace ccnproxy::proxy
