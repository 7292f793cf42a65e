#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dns/resolver_fixture.h"

namespace ccnproxy::dns {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(ResolverTest, F049_says_that_a_name_does_not_exist_and_remembers_it) {
  const auto first = resolve("typo.example");
  ASSERT_TRUE(first->error);
  EXPECT_EQ(first->error->type, ErrorType::dns_error);
  EXPECT_EQ(first->error->detail, "typo.example: no such name (NXDOMAIN)");
  EXPECT_EQ(resolver().cached("typo.example"), nullptr);
  const auto second = resolve("typo.example");
  ASSERT_TRUE(second->error);
  EXPECT_EQ(second->error->detail, first->error->detail);
  EXPECT_EQ(stub_.count("typo.example", DnsStub::a), 1u);
}

TEST_F(ResolverTest, F049_says_that_a_name_has_no_address) {
  stub_.set("mail.example", DnsStub::a, {});
  stub_.set("mail.example", DnsStub::aaaa, {});
  const auto answer = resolve("mail.example");
  ASSERT_TRUE(answer->error);
  EXPECT_EQ(answer->error->detail, "mail.example: the name has no address (NODATA)");
}

TEST_F(ResolverTest, F049_a_passing_trouble_of_the_server_is_forgotten_soon) {
  stub_.set("api.example", DnsStub::a, {.rcode = DnsStub::server_failure});
  stub_.set("api.example", DnsStub::aaaa, {.rcode = DnsStub::server_failure});
  const auto first = resolve("api.example");
  ASSERT_TRUE(first->error);
  EXPECT_EQ(first->error->type, ErrorType::dns_error);
  EXPECT_EQ(first->error->detail, "api.example: the DNS server failed (SERVFAIL)");
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  wait([&] { return !resolve("api.example")->error; });
}

TEST_F(ResolverTest, F049_a_missing_type_does_not_hide_that_the_other_question_failed) {
  stub_.set("api.example", DnsStub::a, {.rcode = DnsStub::refused});
  stub_.set("api.example", DnsStub::aaaa, {});
  const auto answer = resolve("api.example");
  ASSERT_TRUE(answer->error);
  EXPECT_EQ(answer->error->detail, "api.example: the DNS server refuses to answer (REFUSED)");
}

TEST_F(ResolverTest, F048_uses_one_family_where_the_other_fails) {
  stub_.set("four.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("four.example", DnsStub::aaaa, {.rcode = DnsStub::server_failure});
  stub_.set("six.example", DnsStub::a, {.rcode = DnsStub::server_failure});
  stub_.set("six.example", DnsStub::aaaa, {.addresses = {"2001:db8::1"}});
  EXPECT_THAT(resolve("four.example")->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_THAT(resolve("six.example")->addresses, ElementsAre("[2001:db8::1]:0"));
}

TEST_F(ResolverTest, F048_does_not_wait_for_a_family_that_nobody_answers_for) {
  options_.min_ttl = milliseconds(1);
  options_.stale = Duration(0);
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}, .ttl = 0});
  stub_.set("api.example", DnsStub::aaaa, {.is_held = true});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  wait([&] { return resolver().cached("api.example") == nullptr; });
  // The question for AAAA is still open; nobody has to wait for its end, not even a turn.
  const auto second = ask("api.example");
  turn(1);
  EXPECT_THAT(second->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(ResolverTest, F048_what_has_come_by_the_deadline_is_used) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {.is_held = true});
  const auto answer = ask("api.example", milliseconds(20));
  // Once counted it is sent. The first turn so finds the answer, and perhaps the deadline too.
  while (stub_.count("api.example", DnsStub::a) == 0) std::this_thread::yield();
  wait([&] { return answer->calls > 0; });
  EXPECT_THAT(answer->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(ResolverTest, F048_a_family_that_comes_late_is_used_from_then_on) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {.addresses = {"2001:db8::1"}, .is_held = true});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  stub_.release();
  wait([&] {
    const auto* known = resolver().cached("api.example");
    return known != nullptr && known->size() == 2;
  });
}

TEST_F(ResolverTest, F053_asks_for_absolute_names_only) {
  folder_.write("resolv.conf", "search trap.test\noptions ndots:5\n");
  for (const auto* trap : {"api.example.trap.test", "api.trap.test"}) {
    stub_.set(trap, DnsStub::a, {.addresses = {"192.0.2.66"}});
    stub_.set(trap, DnsStub::aaaa, {});
  }
  EXPECT_TRUE(resolve("api.example")->error);
  EXPECT_TRUE(resolve("api")->error);
  EXPECT_THAT(stub_.names(), Each(Not(HasSubstr("trap"))));
  EXPECT_THAT(stub_.names(), Contains("api.example"));
}

TEST_F(ResolverTest, refuses_what_is_not_a_name) {
  for (const auto* name : {"a..b", "", ".",
                           "label-of-more-than-sixty-three-characters-which-is-one-"
                           "more-than-dns-allows.example"}) {
    const auto answer = resolve(name);
    ASSERT_TRUE(answer->error) << name;
    EXPECT_EQ(answer->error->type, ErrorType::dns_error) << name;
    EXPECT_THAT(answer->error->detail, HasSubstr("not a name that DNS can hold"));
  }
  EXPECT_THAT(stub_.names(), ElementsAre());
}

TEST_F(ResolverTest, says_that_no_server_can_be_reached) {
  {
    const DnsStub gone;
    options_.servers = {gone.server()};
  }
  const auto answer = resolve("api.example");
  ASSERT_TRUE(answer->error);
  EXPECT_EQ(answer->error->detail,
            "api.example: no DNS server could be reached, or none would answer");
}

TEST_F(ResolverTest, asks_the_next_server_where_one_can_not_be_reached) {
  {
    const DnsStub gone;
    options_.servers = {gone.server(), stub_.server()};
  }
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(ResolverTest, F049_asks_the_next_server_where_one_fails) {
  DnsStub failing;
  failing.set("api.example", DnsStub::a, {.rcode = DnsStub::server_failure});
  failing.set("api.example", DnsStub::aaaa, {.rcode = DnsStub::refused});
  options_.servers = {failing.server(), stub_.server()};
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {.addresses = {"2001:db8::1"}});
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("[2001:db8::1]:0", "192.0.2.1:0"));
}

TEST_F(ResolverTest, refuses_to_start_with_a_server_that_is_no_address) {
  options_.servers = {"127.0.0.1", "dns.example"};
  EXPECT_THROW(resolver(), std::invalid_argument);
}

TEST_F(ResolverTest, asks_the_servers_of_resolv_conf_again_when_it_changes) {
  options_.servers.clear();
  const DnsStub other("127.0.0.2", stub_.where().port());
  folder_.write("resolv.conf", "nameserver 127.0.0.2\n");
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  EXPECT_TRUE(resolve("other.example")->error);
  EXPECT_EQ(other.count("other.example", DnsStub::a), 1u);
  folder_.write("resolv.conf", "nameserver 127.0.0.1\n");
  turn(1);
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
  EXPECT_EQ(other.count("api.example", DnsStub::a), 0u);
}

TEST_F(ResolverTest, asks_the_new_servers_what_the_old_ones_had_not_answered) {
  options_.servers.clear();
  DnsStub silent("127.0.0.2", stub_.where().port());
  silent.set("api.example", DnsStub::a, {.silent_times = DnsStub::always});
  silent.set("api.example", DnsStub::aaaa, {.silent_times = DnsStub::always});
  folder_.write("resolv.conf", "nameserver 127.0.0.2\n");
  const auto answer = ask("api.example");
  wait([&] { return silent.count("api.example", DnsStub::a) == 1; });
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  folder_.write("resolv.conf", "nameserver 127.0.0.1\n");
  turn(1);
  EXPECT_EQ(resolver().cached("api.example"), nullptr);  // looks at the file
  wait([&] { return answer->calls > 0; });
  EXPECT_THAT(answer->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(ResolverTest, asks_other_servers_from_when_it_is_told_of_them) {
  DnsStub silent("127.0.0.2", stub_.where().port());
  silent.set("api.example", DnsStub::a, {.silent_times = DnsStub::always});
  silent.set("api.example", DnsStub::aaaa, {.silent_times = DnsStub::always});
  const auto good = options_;
  options_.servers = {silent.server()};
  const auto answer = ask("api.example");
  wait([&] { return silent.count("api.example", DnsStub::a) == 1; });
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  resolver().adopt(good);
  wait([&] { return answer->calls > 0; });
  EXPECT_THAT(answer->addresses, ElementsAre("192.0.2.1:0"));
}

TEST_F(ResolverTest, keeps_its_servers_where_the_others_are_none) {
  stub_.set("api.example", DnsStub::a, {.addresses = {"192.0.2.1"}});
  stub_.set("api.example", DnsStub::aaaa, {});
  auto bad = options_;
  bad.servers = {"nonsense"};
  EXPECT_THROW(resolver().adopt(bad), std::invalid_argument);
  EXPECT_THAT(resolve("api.example")->addresses, ElementsAre("192.0.2.1:0"));
}

}  // namespace
}  // namespace ccnproxy::dns
