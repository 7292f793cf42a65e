// Two users and a stranger at once, over one proxy, to an origin that logs connections in.
#include <thread>

#include "login_fixture.h"

namespace ccnproxy::integration {
namespace {

/// What one of the clients at once saw.
struct Tallied {
  std::size_t answers = 0;
  std::size_t anothers = 0;       ///< answers of another's session
  std::size_t not_logged_in = 0;  ///< a login that did not work where it must
};

class LoginLoad : public ::testing::TestWithParam<int> {
 protected:
  static constexpr int rounds = 100;
  static constexpr int at_once = 8;

  Tallied run(const std::function<Tallied(const Logins&, int number)>& client) {
    Logins proxy("http/1.1", [&](auto& config) {
      config.set("workers", std::to_string(GetParam())).set("pool.min_ready", "1");
    });
    std::vector<Tallied> tallied(at_once);
    std::vector<std::thread> threads;
    for (int i = 0; i < at_once; ++i)
      threads.emplace_back([&, i] { tallied[static_cast<std::size_t>(i)] = client(proxy, i); });
    for (auto& thread : threads) thread.join();
    Tallied sum;
    for (const auto& t : tallied) {
      sum.answers += t.answers;
      sum.anothers += t.anothers;
      sum.not_logged_in += t.not_logged_in;
    }
    return sum;
  }

  /// alice, bob, or a stranger.
  static std::string user_of(int number, int round) {
    static const std::string users[] = {"alice", "bob", ""};
    return users[(number + round) % 3];
  }
};

TEST_P(LoginLoad, F123_clients_that_keep_their_connection) {
  const auto sum = run([](const Logins& proxy, int number) {
    Tallied t;
    for (int round = 0; round < rounds; ++round) {
      const auto user = user_of(number, round);
      RawClient client = proxy.connect();
      if (!user.empty() && proxy.log_in(client, user) != user) ++t.not_logged_in;
      for (int request = 0; request < 3; ++request) {
        const auto body = proxy.ask(client).body;
        ++t.answers;
        if (body != (user.empty() ? "nobody" : user)) ++t.anothers;
      }
    }
    return t;
  });
  EXPECT_EQ(sum.answers, 2400U);
  EXPECT_EQ(sum.anothers, 0U);
  EXPECT_EQ(sum.not_logged_in, 0U);
}

TEST_P(LoginLoad, F123_clients_that_do_not) {
  const auto sum = run([](const Logins& proxy, int number) {
    Tallied t;
    for (int round = 0; round < rounds; ++round) {
      const auto user = user_of(number, round);
      const auto ask = [&](const std::string& credentials) {
        ++t.answers;
        return proxy.connect()
            .roundtrip(proxy.request(credentials, "/", "Connection: close\r\n"))
            .body;
      };
      if (ask("") != "nobody") ++t.anothers;
      if (user.empty()) continue;
      // In one step it works, in two it can't.
      if (ask("Negotiate " + user) != user) ++t.not_logged_in;
      if (ask("NTLM 1") != "nobody") ++t.anothers;
      if (ask("NTLM 3 " + user) != "nobody") ++t.anothers;
    }
    return t;
  });
  EXPECT_GE(sum.answers, 2400U);
  EXPECT_EQ(sum.anothers, 0U);
  EXPECT_EQ(sum.not_logged_in, 0U);
}

INSTANTIATE_TEST_SUITE_P(Workers, LoginLoad, ::testing::Values(1, 2));

}  // namespace
}  // namespace ccnproxy::integration
