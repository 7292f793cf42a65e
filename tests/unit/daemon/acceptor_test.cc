#include "daemon/acceptor.h"

#include <functional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "fakes/endpoint.h"
#include "fakes/failure.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

using std::chrono::milliseconds;

/// No further descriptor can be opened while this lives.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    const UniqueFd lowest_free(::dup(0));
    none.rlim_cur = static_cast<rlim_t>(lowest_free.get());
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class AcceptorTest : public testing::Test {
 protected:
  struct Client {
    UniqueFd fd;
    Endpoint from;
    std::uint16_t listener_port;
  };

  void listen(const config::ListenAddress& address = {"127.0.0.1", 0, ""}) {
    auto sockets = bind_listener(address, 1);
    address_ = sockets[0].address;
    port_ = sockets[0].port;
    acceptor_ = std::make_unique<Acceptor>(
        loop_, std::move(sockets[0]),
        [this] {
          ++asked_;
          return room_;
        },
        [this](UniqueFd fd, const Endpoint& from, std::uint16_t port) {
          clients_.push_back({std::move(fd), from, port});
        });
  }
  bool until_clients(std::size_t count) {
    const auto deadline = EventLoop::read_clock() + std::chrono::seconds(30);
    while (clients_.size() < count && EventLoop::read_clock() < deadline) {
      loop_.run_once(milliseconds(100));
    }
    return clients_.size() == count;
  }

  EventLoop loop_;
  std::string address_;
  std::uint16_t port_ = 0;
  bool room_ = true;
  int asked_ = 0;
  std::vector<Client> clients_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, hands_over_each_client_with_where_it_comes_from) {
  listen();
  const auto a = fakes::connect_to(address_);
  const auto b = fakes::connect_to(address_);
  ASSERT_TRUE(until_clients(2));
  EXPECT_EQ(clients_[0].from.to_string(), fakes::local_endpoint(a.get()));
  EXPECT_EQ(clients_[1].from.to_string(), fakes::local_endpoint(b.get()));
  for (const auto& client : clients_) {
    EXPECT_EQ(client.listener_port, port_);
    EXPECT_TRUE(::fcntl(client.fd.get(), F_GETFL) & O_NONBLOCK);
    EXPECT_TRUE(::fcntl(client.fd.get(), F_GETFD) & FD_CLOEXEC);
  }
}

TEST_F(AcceptorTest, a_client_of_a_unix_socket_has_no_address) {
  const fakes::TempDir dir;
  listen({"", 0, dir.path() + "/x.sock"});
  const auto client = fakes::connect_to("unix:" + dir.path() + "/x.sock");
  ASSERT_TRUE(until_clients(1));
  EXPECT_FALSE(clients_[0].from);
  EXPECT_EQ(clients_[0].listener_port, 0);
}

TEST_F(AcceptorTest, more_clients_than_a_turn_takes_are_all_taken) {
  listen();
  std::vector<fakes::Descriptor> clients;
  for (int i = 0; i < 150; ++i) clients.push_back(fakes::connect_to(address_));
  loop_.run_once(milliseconds(100));
  EXPECT_LT(clients_.size(), 150u) << "those who are here get their turn";
  EXPECT_TRUE(until_clients(150));
}

TEST_F(AcceptorTest, F093_without_room_a_client_waits_until_there_is_some) {
  listen();
  room_ = false;
  const auto client = fakes::connect_to(address_);
  while (asked_ == 0) loop_.run_once(milliseconds(100));
  for (int i = 0; i < 20; ++i) loop_.run_once(Duration(0));
  EXPECT_EQ(asked_, 1) << "pauses instead of asking all the time";
  EXPECT_TRUE(clients_.empty());
  room_ = true;
  EXPECT_TRUE(until_clients(1));
}

TEST_F(AcceptorTest, F093_without_descriptors_it_pauses_and_recovers) {
  listen();
  {  // Once with descriptors: UBSan needs some when it sees a type for the first time.
    const auto before = fakes::connect_to(address_);
    ASSERT_TRUE(until_clients(1));
    clients_.clear();
    asked_ = 0;
  }
  const auto client = fakes::connect_to(address_);
  {
    const NoDescriptors none;
    while (asked_ == 0) loop_.run_once(milliseconds(100));
    for (int i = 0; i < 20; ++i) loop_.run_once(Duration(0));
    EXPECT_EQ(asked_, 1) << "pauses instead of trying all the time";
    EXPECT_TRUE(clients_.empty());
  }
  EXPECT_TRUE(until_clients(1));
}

TEST_F(AcceptorTest, closed_it_takes_nobody) {
  listen();
  acceptor_->close();
  EXPECT_THROW(fakes::connect_to(address_), fakes::Failure);
  loop_.run_once(Duration(0));
  EXPECT_TRUE(clients_.empty());
}

TEST_F(AcceptorTest, closed_while_it_pauses_it_does_not_come_back) {
  listen();
  room_ = false;
  const auto client = fakes::connect_to(address_);
  while (asked_ == 0) loop_.run_once(milliseconds(100));
  acceptor_->close();
  room_ = true;
  const auto later = EventLoop::read_clock() + milliseconds(100);
  while (EventLoop::read_clock() < later) loop_.run_once(milliseconds(20));
  EXPECT_TRUE(clients_.empty());
  EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace ccnproxy::daemon
