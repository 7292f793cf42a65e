// What a resolver does with answers whose TTL has passed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/dns/resolver.h"

#include "unit/dns/resolver_fixture.h"

namespace ccnproxy::dns {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ElementsAre;

constexpr const char* name = "api.example";

class StaleResolverTest : public ResolverTest {
 protected:
  StaleResolverTest() { options_.min_ttl = milliseconds(1); }

  void set_answer(const std::string& address, bool is_held = false) {
    stub_.set(name, DnsStub::aaaa, {});
    stub_.set(name, DnsStub::a, {.addresses = {address}, .ttl = 0, .is_held = is_held});
  }
  void set_failure(int rcode) {
    stub_.set(name, DnsStub::a, {.rcode = rcode});
    stub_.set(name, DnsStub::aaaa, {.rcode = rcode});
  }
  /// Gets an answer and lets its TTL pass.
  void know_stale(const std::string& address) {
    set_answer(address);
    EXPECT_THAT(resolve(name)->addresses, ElementsAre(address + ":0"));
    const auto passed = loop_.now() + milliseconds(2);
    wait([&] { return loop_.now() > passed; });
  }
  std::vector<std::string> cached() {
    std::vector<std::string> texts;
    if (const auto* addresses = resolver().cached(name)) {
      for (const auto& address : *addresses) texts.push_back(address.to_string());
    }
    return texts;
  }
  std::shared_ptr<Answer> ask_fresh(const std::string& host) {
    auto answer = std::make_shared<Answer>();
    answer->lookup = resolver().resolve_fresh(
        host, hours(1), [a = answer.get()](const auto& result) { a->take(result); });
    EXPECT_EQ(answer->calls, 0) << "told from within resolve_fresh()";
    return answer;
  }
  bool is_withdrawn(const std::string& host, const std::string& address) {
    return resolver().is_withdrawn(host, Endpoint::parse(address).value());
  }
};

TEST_F(StaleResolverTest, F046_gives_a_stale_answer_at_once_and_asks_behind) {
  know_stale("192.0.2.1");
  set_answer("192.0.2.2", true);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
  wait([&] { return stub_.count(name, DnsStub::a) == 2; });
  EXPECT_THAT(resolve(name)->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
  stub_.release();
  wait([&] { return cached().front() == "192.0.2.2:0"; });
  EXPECT_THAT(cached(), ElementsAre("192.0.2.2:0", "192.0.2.1:0"));
}

TEST_F(StaleResolverTest, F052_many_who_use_a_stale_answer_share_one_question) {
  know_stale("192.0.2.1");
  set_answer("192.0.2.2", true);
  for (int i = 0; i < 50; ++i) {
    resolver().cached(name);
    is_withdrawn(name, "192.0.2.1:443");
    resolve(name);
  }
  EXPECT_EQ(resolver().counters().refreshes, 1u);
  EXPECT_EQ(resolver().counters().queries, 2u);
  EXPECT_EQ(resolver().counters().stale_answers, 100u);
  EXPECT_EQ(resolver().counters().failures, 0u);
  wait([&] { return stub_.count(name, DnsStub::a) == 2; });
  EXPECT_EQ(stub_.count(name, DnsStub::aaaa), 2u);
}

TEST_F(StaleResolverTest, F046_a_name_that_nobody_asks_for_is_not_asked_of_dns) {
  know_stale("192.0.2.1");
  turn(20);
  EXPECT_EQ(stub_.count(name, DnsStub::a), 1u);
  EXPECT_EQ(resolver().counters().queries, 1u);
}

class FailingResolverTest : public StaleResolverTest, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Codes, FailingResolverTest,
                         testing::Values(int{DnsStub::server_failure}, int{DnsStub::no_such_name},
                                         int{DnsStub::refused}));

TEST_P(FailingResolverTest, F048_the_last_good_answer_stays_while_dns_fails) {
  know_stale("192.0.2.1");
  set_failure(GetParam());
  cached();
  wait([&] { return resolver().counters().failures == 1; });
  EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
  EXPECT_THAT(resolve(name)->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_FALSE(is_withdrawn(name, "192.0.2.1:443"));
  set_answer("192.0.2.2");  // asked for after the back-off
  wait([&] { return cached().front() == "192.0.2.2:0"; });
}

TEST_P(FailingResolverTest, F048_the_failure_is_said_when_nothing_good_is_left) {
  options_.stale = milliseconds(1);
  know_stale("192.0.2.1");
  set_failure(GetParam());
  const auto answer = resolve(name);
  ASSERT_TRUE(answer->error);
  EXPECT_EQ(answer->error->type, ErrorType::dns_error);
  EXPECT_THAT(cached(), ElementsAre());
}

TEST_F(StaleResolverTest, F048_a_server_that_is_silent_takes_nothing_away) {
  know_stale("192.0.2.1");
  stub_.set(name, DnsStub::a, {.silent_times = DnsStub::always});
  stub_.set(name, DnsStub::aaaa, {.silent_times = DnsStub::always});
  cached();
  wait([&] { return resolver().counters().failures == 1; });
  EXPECT_THAT(resolve(name)->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(StaleResolverTest, F048_a_family_that_fails_keeps_its_addresses) {
  stub_.set(name, DnsStub::a, {.addresses = {"192.0.2.1"}, .ttl = 0});
  stub_.set(name, DnsStub::aaaa, {.addresses = {"2001:db8::1"}, .ttl = 0});
  EXPECT_THAT(resolve(name)->addresses, ElementsAre("[2001:db8::1]:0", "192.0.2.1:0"));
  stub_.set(name, DnsStub::a, {.addresses = {"192.0.2.2"}, .ttl = 0});
  stub_.set(name, DnsStub::aaaa, {.rcode = DnsStub::server_failure});
  wait([&] { return cached().size() == 3; });
  EXPECT_THAT(cached(), ElementsAre("[2001:db8::1]:0", "192.0.2.2:0", "192.0.2.1:0"));
}

TEST_F(StaleResolverTest, F048_nothing_stale_is_given_where_that_is_not_wanted) {
  options_.stale = Duration(0);
  know_stale("192.0.2.1");
  EXPECT_THAT(cached(), ElementsAre());
  set_failure(DnsStub::server_failure);
  EXPECT_TRUE(resolve(name)->error);
  EXPECT_EQ(resolver().counters().stale_answers, 0u);
}

TEST_F(StaleResolverTest, F046_what_is_stale_will_not_do_where_that_is_said) {
  know_stale("192.0.2.1");
  set_answer("192.0.2.2", true);
  EXPECT_TRUE(resolver().is_stale(name));
  EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
  const auto fresh = ask_fresh(name);  // shares the question that cached() asked
  wait([&] { return stub_.count(name, DnsStub::a) == 2; });
  turn();
  EXPECT_EQ(fresh->calls, 0);
  stub_.release();
  wait([&] { return fresh->calls > 0; });
  EXPECT_THAT(fresh->addresses, ElementsAre("192.0.2.2:0", "192.0.2.1:0"));
  EXPECT_EQ(stub_.count(name, DnsStub::a), 2u);
}

TEST_F(StaleResolverTest, F048_who_wants_a_fresh_answer_is_told_that_dns_has_just_failed) {
  know_stale("192.0.2.1");
  set_failure(DnsStub::server_failure);
  for (int i = 0; i < 2; ++i) {
    const auto fresh = ask_fresh(name);
    wait([&] { return fresh->calls > 0; });
    ASSERT_TRUE(fresh->error);
    EXPECT_EQ(fresh->error->detail, "api.example: the DNS server failed (SERVFAIL)");
  }
  EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
}

TEST_F(StaleResolverTest, what_is_known_without_dns_is_never_stale) {
  folder_.write("hosts", "10.0.0.5 api.example\n");
  EXPECT_FALSE(resolver().is_stale(name));
  EXPECT_FALSE(resolver().is_stale("192.0.2.1"));
  EXPECT_FALSE(resolver().is_stale("unknown.example"));
  const auto fresh = ask_fresh(name);
  wait([&] { return fresh->calls > 0; });
  EXPECT_THAT(fresh->addresses, ElementsAre("10.0.0.5:0"));
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(StaleResolverTest, F047_an_address_that_dns_leaves_out_is_withdrawn) {
  patience_ = {.answers = 3, .absence = milliseconds(1)};
  know_stale("192.0.2.1");
  EXPECT_FALSE(is_withdrawn(name, "192.0.2.1:443"));
  set_answer("192.0.2.2");
  wait([&] { return is_withdrawn(name, "192.0.2.1:443"); });  // which also asks DNS again
  EXPECT_GE(stub_.count(name, DnsStub::a), 4u);
  EXPECT_FALSE(is_withdrawn(name, "192.0.2.2:443"));
  EXPECT_THAT(cached(), ElementsAre("192.0.2.2:0"));
}

TEST_F(StaleResolverTest, F047_an_address_that_the_hosts_file_no_longer_has_is_withdrawn) {
  folder_.write("hosts", "10.0.0.5 api.example\n10.0.0.6 api.example\n");
  EXPECT_FALSE(is_withdrawn(name, "10.0.0.5:443"));
  EXPECT_FALSE(is_withdrawn(name, "10.0.0.6:443"));
  folder_.write("hosts", "10.0.0.6 api.example\n");
  turn(1);
  EXPECT_TRUE(is_withdrawn(name, "10.0.0.5:443"));
  EXPECT_FALSE(is_withdrawn(name, "10.0.0.6:443"));
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(StaleResolverTest, F047_a_literal_is_never_withdrawn) {
  EXPECT_FALSE(is_withdrawn("192.0.2.1", "192.0.2.1:443"));
  EXPECT_FALSE(is_withdrawn("2001:db8::1", "[2001:db8::1]:443"));
  EXPECT_FALSE(is_withdrawn("192.0.2.1", "192.0.2.2:443"));
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(StaleResolverTest, F098_refreshes_leave_room_for_who_waits) {
  know_stale("192.0.2.1");
  set_answer("192.0.2.2");
  std::vector<std::shared_ptr<Answer>> others;
  for (std::size_t i = 0; i < Resolver::max_queries_to_refresh; ++i) {
    const auto other = std::to_string(i) + ".example";
    stub_.set(other, DnsStub::a, {.silent_times = DnsStub::always});
    stub_.set(other, DnsStub::aaaa, {.silent_times = DnsStub::always});
    others.push_back(ask(other, hours(1)));
  }
  EXPECT_THAT(cached(), ElementsAre("192.0.2.1:0"));
  EXPECT_EQ(resolver().counters().refreshes, 0u);
  stub_.set("wanted.example", DnsStub::a, {.addresses = {"192.0.2.9"}});
  stub_.set("wanted.example", DnsStub::aaaa, {});
  EXPECT_THAT(resolve("wanted.example")->addresses, ElementsAre("192.0.2.9:0"));
}

TEST_F(StaleResolverTest, may_be_destroyed_with_a_refresh_in_flight) {
  know_stale("192.0.2.1");
  set_answer("192.0.2.2", true);
  cached();
  wait([&] { return stub_.count(name, DnsStub::a) == 2; });
  resolver_.reset();
  stub_.release();
  turn();
  EXPECT_EQ(resolver_, nullptr);
}

}  // namespace
}  // namespace ccnproxy::dns
