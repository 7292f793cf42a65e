#include "ccnproxy/dns/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dns/resolver_fixture.h"

namespace ccnproxy::dns {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

TEST_F(ResolverTest, gives_the_addresses_of_both_families) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.2", "192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {.addresses = {"2001:db8::1"}});
  EXPECT_THAT(resolve("api.example")->addresses,
              ElementsAre("[2001:db8::1]:0", "192.0.2.2:0", "192.0.2.1:0"));
}

TEST_F(ResolverTest, F050_gives_all_addresses_of_a_name_that_has_many) {
  std::vector<std::string> many;
  for (int i = 1; i <= 28; ++i) many.push_back("192.0.2." + std::to_string(i));
  stub_.set("many.example", DnsStub::a, {.addresses = many});
  stub_.set("many.example", DnsStub::aaaa, {});
  EXPECT_EQ(resolve("many.example")->addresses.size(), 28u);
}

TEST_F(ResolverTest, F050_asks_over_tcp_for_what_udp_does_not_hold) {
  std::vector<std::string> many;
  for (int i = 1; i <= 60; ++i) many.push_back("192.0.2." + std::to_string(i));
  stub_.set("huge.example", DnsStub::a, {.addresses = many, .needs_tcp = true});
  stub_.set("huge.example", DnsStub::aaaa, {});
  EXPECT_EQ(resolve("huge.example")->addresses.size(), 60u);
  EXPECT_EQ(stub_.count("huge.example", DnsStub::a), 2u);
}

TEST_F(ResolverTest, knows_literals_without_asking) {
  const auto* v6 = resolver().cached("2001:db8::1");
  ASSERT_NE(v6, nullptr);
  EXPECT_EQ(v6->at(0).to_string(), "[2001:db8::1]:0");
  EXPECT_THAT(resolve("192.0.2.1")->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(ResolverTest, knows_the_hosts_file_and_asks_nobody_about_its_names) {
  folder_.write("hosts",
                "# comment\n"
                "10.0.0.5\tapi.example API.Internal. # the one behind the NAT\n"
                "fd00::5 api.example\r\n"
                "10.0.0.6 #other.example\n"
                "10.0.0.5 api.example\n"
                "nonsense third.example\n"
                "10.0.0.7 last.example");
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("10.0.0.5:0", "[fd00::5]:0"));
  EXPECT_THAT(resolve("api.internal")->addresses, ElementsAre("10.0.0.5:0"));
  EXPECT_THAT(resolve("last.example")->addresses, ElementsAre("10.0.0.7:0"));
  EXPECT_EQ(resolver().cached("other.example"), nullptr);
  EXPECT_EQ(resolver().cached("third.example"), nullptr);
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(ResolverTest, sees_that_the_hosts_file_has_changed) {
  folder_.write("hosts", "10.0.0.5 api.example\n");
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("10.0.0.5:0"));
  folder_.write("hosts", "10.0.0.6 api.example\n");
  turn(1);
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("10.0.0.6:0"));
}

TEST_F(ResolverTest, localhost_is_this_machine_without_any_file) {
  EXPECT_THAT(resolve("localhost")->addresses, ElementsAre("[::1]:0", "127.0.0.1:0"));
  EXPECT_THAT(resolve("api.localhost")->addresses, ElementsAre("[::1]:0", "127.0.0.1:0"));
  folder_.write("hosts", "127.0.0.2 localhost\n");
  turn(1);
  EXPECT_THAT(resolve("localhost")->addresses, ElementsAre("127.0.0.2:0"));
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(ResolverTest, F052_many_who_want_one_name_share_one_question) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .is_held = true});
  stub_.set("api.example", DnsStub::aaaa, {});
  std::vector<std::shared_ptr<Answer>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(ask("api.example"));
  wait([&] { return stub_.count("api.example", DnsStub::a) == 1; });
  answers[7]->lookup.reset();
  stub_.release();
  wait([&] { return answers.back()->calls > 0; });
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(answers[static_cast<std::size_t>(i)]->calls, i == 7 ? 0 : 1) << i;
  }
  EXPECT_EQ(stub_.count("api.example", DnsStub::a), 1u);
  EXPECT_EQ(stub_.count("api.example", DnsStub::aaaa), 1u);
}

TEST_F(ResolverTest, F052_a_name_that_nobody_answers_for_holds_up_no_other) {
  stub_.set("slow.example", DnsStub::a, {.silent_times = DnsStub::always});
  stub_.set("slow.example", DnsStub::aaaa, {.silent_times = DnsStub::always});
  stub_.set("fast.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("fast.example", DnsStub::aaaa, {});
  const auto slow = ask("slow.example");
  EXPECT_THAT(resolve("fast.example")->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_EQ(slow->calls, 0);
}

TEST_F(ResolverTest, F052_a_lookup_ends_at_its_deadline) {
  stub_.set("slow.example", DnsStub::a, {.silent_times = DnsStub::always});
  stub_.set("slow.example", DnsStub::aaaa, {.silent_times = DnsStub::always});
  const auto patient = ask("slow.example");
  const auto hasty = resolve("slow.example", milliseconds(20));
  ASSERT_TRUE(hasty->error);
  EXPECT_EQ(hasty->error->type, ErrorType::dns_timeout);
  EXPECT_EQ(hasty->error->side, Side::origin);
  EXPECT_EQ(hasty->error->phase, Phase::dns);
  EXPECT_EQ(hasty->error->proof, Proof::not_sent);
  EXPECT_EQ(hasty->error->detail, "slow.example: no answer from the DNS servers within 20 ms");
  EXPECT_EQ(patient->calls, 0);
}

TEST_F(ResolverTest, F052_goes_on_asking_a_silent_server_while_somebody_waits) {
  stub_.set("lossy.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .silent_times = 3});
  stub_.set("lossy.example", DnsStub::aaaa, {.silent_times = DnsStub::always});
  EXPECT_THAT(resolve("lossy.example")->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_EQ(stub_.count("lossy.example", DnsStub::a), 4u);
}

TEST_F(ResolverTest, F098_questions_in_flight_are_bounded) {
  const auto silent = DnsStub::Reply{.silent_times = DnsStub::always};
  std::vector<std::shared_ptr<Answer>> answers;
  for (std::size_t i = 0; i < Resolver::max_queries; ++i) {
    const auto name = std::to_string(i) + ".example";
    stub_.set(name, DnsStub::a, silent);
    stub_.set(name, DnsStub::aaaa, silent);
    answers.push_back(ask(name));
  }
  const auto refused = resolve("one-more.example");
  ASSERT_TRUE(refused->error);
  EXPECT_EQ(refused->error->side, Side::us);
  EXPECT_EQ(refused->error->detail, "one-more.example: too many names are being looked up");
  EXPECT_EQ(stub_.count("one-more.example", DnsStub::a), 0u);
}

TEST_F(ResolverTest, F046_asks_again_when_the_ttl_has_passed) {
  options_.min_ttl = milliseconds(1);
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .ttl = 0});
  stub_.set("api.example", DnsStub::aaaa, {});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.2"}, .ttl = 0});
  wait([&] { return resolve("api.example")->addresses.front() == "192.0.2.2:0"; });
}

// c-ares has a cache of its own, which knows of no max_ttl.
TEST_F(ResolverTest, F046_asks_the_server_again_after_max_ttl) {
  options_.min_ttl = options_.max_ttl = milliseconds(1);
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .ttl = 3600});
  stub_.set("api.example", DnsStub::aaaa, {});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.2"}, .ttl = 3600});
  wait([&] { return resolve("api.example")->addresses.front() == "192.0.2.2:0"; });
}

TEST_F(ResolverTest, F054_ttl_0_is_not_a_question_for_every_lookup) {
  options_.min_ttl = hours(1);
  options_.max_ttl = hours(2);
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .ttl = 0});
  stub_.set("api.example", DnsStub::aaaa, {});
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  }
  ASSERT_NE(resolver().cached("api.example"), nullptr);
  EXPECT_EQ(stub_.count("api.example", DnsStub::a), 1u);
}

TEST_F(ResolverTest, a_lookup_that_is_destroyed_calls_nobody) {
  folder_.write("hosts", "10.0.0.5 known.example\n");
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  const auto known = ask("known.example");
  const auto asked = ask("api.example");
  known->lookup.reset();
  asked->lookup.reset();
  wait([&] { return resolver().cached("api.example") != nullptr; });
  turn();
  EXPECT_EQ(known->calls, 0);
  EXPECT_EQ(asked->calls, 0);
}

TEST_F(ResolverTest, a_callback_may_destroy_lookups_and_ask_again) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  std::unique_ptr<Lookup> first;
  std::shared_ptr<Answer> again;
  auto second = std::make_shared<Answer>();
  first = resolver().resolve("api.example", seconds(30), [&](const auto&) {
    first.reset();
    second->lookup.reset();
    again = ask("api.example");
  });
  second->lookup = resolver().resolve("api.example", seconds(30),
                                      [&](const auto& result) { second->take(result); });
  wait([&] { return again && again->calls > 0; });
  EXPECT_THAT(again->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_EQ(second->calls, 0);
}

TEST_F(ResolverTest, may_be_destroyed_with_questions_in_flight) {
  stub_.set("slow.example", DnsStub::a, {.silent_times = DnsStub::always});
  const auto answer = ask("slow.example");
  wait([&] { return stub_.count("slow.example", DnsStub::a) > 0; });
  answer->lookup.reset();
  resolver_.reset();
  turn();
  EXPECT_EQ(answer->calls, 0);
}

struct Note final : DnsReceiver {
  void on_answer(DnsRecord, DnsAnswer told) override { answer = std::move(told); }
  std::optional<DnsAnswer> answer;
};

TEST_F(ResolverTest, F054_the_ttl_is_the_least_of_the_whole_chain) {
  stub_.set("www.example", DnsStub::a,
            {.addresses = {"192.0.2.1"}, .ttl = 300, .alias = "cdn.example", .alias_ttl = 20});
  DnsChannel channel(loop_, {stub_.where()}, folder_.path("resolv.conf"), 53);
  Note note;
  channel.query("www.example", DnsRecord::a, note);
  wait([&] { return note.answer.has_value(); });
  EXPECT_EQ(note.answer->status, DnsStatus::answered);
  EXPECT_EQ(note.answer->ttl, Duration(seconds(20)));
}

}  // namespace
}  // namespace ccnproxy::dns
