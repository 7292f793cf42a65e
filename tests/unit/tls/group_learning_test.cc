// Groups of the key exchange, between this OpenSSL and itself: on 3.0 X25519 is offered by itself,
// on 3.5 a post-quantum share beside it.

#include "ccnproxy/tls/group_profile.h"
#include "ccnproxy/tls/groups.h"

#include "fakes/tls_context.h"
#include "tls/client_hello.h"
#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::ScriptedOrigin;
using testing::ElementsAre;
using testing::HasSubstr;

class GroupLearning : public TlsFixture {
 protected:
  struct Met {
    std::string group;
    int hellos;
    std::size_t share_bytes;  ///< of the first ClientHello's extension
  };
  fakes::OriginOptions with_groups(const std::string& groups) {
    auto made = options();
    made.groups = groups;
    return made;
  }
  Met meet(ScriptedOrigin& origin) {
    const auto ours = dial(origin, context_);
    EXPECT_EQ(shake(*ours), Handshake::done) << ours->handshake_error().detail;
    const auto seen = origin.accept()->tls();
    return {std::string(group_name(ours->group())), seen.hellos, seen.first_shares.size()};
  }

  TlsContext context_{settings()};
};

TEST_F(GroupLearning, a_group_that_the_origin_asked_for_is_offered_at_once_the_next_time) {
  ScriptedOrigin origin(with_groups("P-256"));
  const auto first = meet(origin);
  EXPECT_EQ(first.group, "P-256");
  EXPECT_EQ(first.hellos, 2) << "HelloRetryRequest";
  const auto second = meet(origin);
  EXPECT_EQ(second.group, "P-256");
  EXPECT_EQ(second.hellos, 1);
  EXPECT_EQ(second.share_bytes, 2u + 4 + 65) << "one share, of P-256";
}

TEST_F(GroupLearning, a_wrong_guess_costs_one_retry_and_is_learnt_anew) {
  ScriptedOrigin origin(with_groups("P-256"));
  meet(origin);
  origin.reconfigure([](auto& o) { o.groups = "P-384"; });
  EXPECT_EQ(meet(origin).hellos, 2);
  const auto then = meet(origin);
  EXPECT_EQ(then.group, "P-384");
  EXPECT_EQ(then.hellos, 1);
}

TEST_F(GroupLearning, origins_do_not_learn_from_each_other) {
  ScriptedOrigin first(with_groups("P-256")), second(with_groups("P-256"));
  meet(first);
  EXPECT_EQ(meet(second).hellos, 2);
}

TEST_F(GroupLearning, a_profile_apart_learns_by_itself) {
  ScriptedOrigin origin(with_groups("P-256"));
  meet(origin);
  const auto apart = TlsContext::apart(context_);
  auto ours = dial(origin, *apart);
  EXPECT_EQ(shake(*ours), Handshake::done);
  EXPECT_EQ(origin.accept()->tls().hellos, 2);
}

TEST_F(GroupLearning, groups_that_are_set_are_offered_as_they_stand) {
  auto ours = settings();
  ours.groups = {"P-384", "P-256"};
  const TlsContext context(ours);
  ScriptedOrigin origin(with_groups("P-256"));
  for (int i = 0; i < 2; ++i) {
    const auto transport = dial(origin, context);
    ASSERT_EQ(shake(*transport), Handshake::done);
    EXPECT_EQ(group_name(transport->group()), "P-256");
    const auto seen = origin.accept()->tls();
    EXPECT_EQ(seen.hellos, 2) << "nothing is learnt";
    EXPECT_EQ(seen.first_shares.size(), 2u + 4 + 97) << "one share, of P-384";
  }
}

TEST_F(GroupLearning, groups_that_are_set_leave_out_all_others) {
  auto ours = settings();
  ours.groups = {"P-384"};
  ScriptedOrigin origin(with_groups("P-256"));
  const auto transport = dial(origin, ours);
  EXPECT_EQ(shake(*transport), Handshake::failed);
  EXPECT_THAT(transport->handshake_error().detail, HasSubstr("handshake_failure"));
}

TEST_F(GroupLearning, a_session_of_tls_1_2_teaches_its_group_too) {
  auto made = with_groups("P-256");
  made.max_version = TLS1_2_VERSION;
  ScriptedOrigin origin(made);
  EXPECT_EQ(meet(origin).group, "P-256");
  EXPECT_EQ(meet(origin).share_bytes, 2u + 4 + 65);
}

TEST_F(GroupLearning, an_origin_without_post_quantum_groups_gets_no_such_share_again) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL has none";
  ScriptedOrigin origin(with_groups("X25519"));
  EXPECT_GT(meet(origin).share_bytes, 1024u);
  const auto second = meet(origin);
  EXPECT_EQ(second.group, "X25519");
  EXPECT_EQ(second.hellos, 1);
  EXPECT_EQ(second.share_bytes, 2u + 4 + 32);
  origin.reconfigure([](auto& o) { o.groups = "X25519MLKEM768"; });
  EXPECT_EQ(meet(origin).group, "X25519MLKEM768") << "it stays offered";
}

TEST_F(GroupLearning, an_origin_with_post_quantum_groups_gets_that_share_alone) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL has none";
  ScriptedOrigin origin(options());
  EXPECT_EQ(meet(origin).group, "X25519MLKEM768");
  const auto second = meet(origin);
  EXPECT_EQ(second.group, "X25519MLKEM768");
  EXPECT_EQ(second.share_bytes, 2u + 4 + 1216);
}

TEST_F(GroupLearning, an_alert_to_a_large_hello_is_followed_by_a_small_one) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL has none";
  auto made = options();
  made.refuse_large_hello = true;
  ScriptedOrigin origin(made);
  const auto failed = dial(origin, context_);
  ASSERT_EQ(shake(*failed), Handshake::failed);
  failed->blame_hello();
  const auto ours = dial(origin, context_);
  ASSERT_EQ(shake(*ours), Handshake::done) << ours->handshake_error().detail;
  EXPECT_TRUE(ours->shows_fault_of_large_hellos());
  EXPECT_EQ(group_name(ours->group()), "X25519");
  EXPECT_LT(origin.accept()->tls().first_shares.size(), 1024u);
}

TEST_F(GroupLearning, silence_to_a_large_hello_is_followed_by_a_small_one) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL has none";
  auto made = options();
  made.answer_handshake = false;
  ScriptedOrigin origin(made);
  const auto silent = dial(origin, context_);
  EXPECT_EQ(silent->handshake(), Handshake::want_read);
  silent->blame_hello();
  silent->close();
  origin.reconfigure([](auto& o) { o.answer_handshake = true; });
  EXPECT_LT(meet(origin).share_bytes, 1024u);
}

TEST_F(GroupLearning, a_failure_after_the_origins_answer_is_not_the_hellos) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL has none";
  ScriptedOrigin origin(options(pki_.server({"other.example.test"})));
  const auto refused = dial(origin, context_);
  ASSERT_EQ(shake(*refused), Handshake::failed);
  refused->blame_hello();
  origin.reconfigure([&](auto& o) { o.certificate = pki_.server({name}); });
  EXPECT_GT(meet(origin).share_bytes, 1024u);
}

TEST(Groups, names_are_those_that_the_library_takes) {
  for (const std::uint16_t group : {0x17, 0x18, 0x19, 0x1d, 0x1e, 0x100, 0x104}) {
    const std::string name(group_name(group));
    EXPECT_FALSE(find_group_fault({name})) << name;
  }
  EXPECT_EQ(group_name(0x1234), "");
}

TEST(Groups, that_are_not_there_are_told_with_the_librarys_version) {
  const auto fault = find_group_fault({"X25519", "X25520"});
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->index, 1u);
  EXPECT_THAT(fault->what, HasSubstr(OpenSSL_version(OPENSSL_VERSION_STRING)));
  EXPECT_THAT(find_group_fault({"NOMLKEM768"})->what, HasSubstr("needs OpenSSL 3.5"));
  EXPECT_FALSE(find_group_fault({"X25519", "P-256"}));
  EXPECT_FALSE(find_group_fault({}));
}

}  // namespace
}  // namespace ccnproxy::tls
