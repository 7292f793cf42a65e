// Resumption: later handshakes with the same origin are short ones.

#include <thread>

#include <openssl/ssl.h>

#include "ccnproxy/tls/session_cache.h"

#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::OriginConnection;
using fakes::OriginOptions;
using fakes::ScriptedOrigin;

constexpr const char* other_name = "other.example.test";

class ResumptionFixture : public TlsFixture {
 protected:
  OriginOptions options(int version) {
    auto made = TlsFixture::options(pki_.server({name, other_name}));
    made.min_version = made.max_version = version;
    return made;
  }
  /// A connection that stands and whose tickets have arrived.
  std::unique_ptr<TlsTransport> meet(const std::string& host = name) {
    auto ours = dial(origin_, context_, host);
    EXPECT_EQ(shake(*ours), Handshake::done) << ours->handshake_error().detail;
    theirs_ = origin_.accept();
    EXPECT_EQ(ours->resumed(), theirs_->resumed());
    theirs_->write("x");
    auto last = IoStatus::ok;
    EXPECT_EQ(read(*ours, 1, last), "x");
    return ours;
  }
  bool resumes(const std::string& host = name) { return meet(host)->resumed(); }

  ScriptedOrigin origin_{options(TLS1_3_VERSION)};
  TlsContext context_{settings()};
  std::shared_ptr<OriginConnection> theirs_;
};

TEST_F(ResumptionFixture, F043_a_profile_apart_trusts_alike_and_resumes_nothing_of_the_other) {
  meet();
  const auto apart = TlsContext::apart(context_);
  auto ours = dial(origin_, *apart);
  EXPECT_EQ(shake(*ours), Handshake::done) << ours->handshake_error().detail;
  EXPECT_FALSE(ours->resumed());
  EXPECT_FALSE(origin_.accept()->resumed());
  EXPECT_TRUE(resumes()) << "the other still does";
}

/// How the origin ends its connections.
struct Ending {
  const char* name;
  void (*end)(OriginConnection&);
  IoStatus seen;
};

class Resumption : public ResumptionFixture,
                   public testing::WithParamInterface<std::tuple<int, Ending>> {
 protected:
  Resumption() {
    origin_.reconfigure([this](auto& o) { o = options(std::get<int>(GetParam())); });
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, Resumption,
    testing::Combine(
        testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
        testing::Values(Ending{"close_notify", [](auto& c) { c.close(); }, IoStatus::closed},
                        Ending{"fin", [](auto& c) { c.close_without_notify(); },
                               IoStatus::truncated},
                        Ending{"reset", [](auto& c) { c.reset(); }, IoStatus::failed})),
    [](const auto& tested) {
      return std::string(std::get<int>(tested.param) == TLS1_2_VERSION ? "tls12_" : "tls13_") +
             std::get<Ending>(tested.param).name;
    });

TEST_P(Resumption, F043_each_reconnect_resumes_however_the_last_connection_ended) {
  const auto& ending = std::get<Ending>(GetParam());
  for (int i = 0; i < 6; ++i) {
    const auto ours = meet();
    EXPECT_EQ(ours->resumed(), i > 0) << "connection " << i;
    EXPECT_EQ(ours->alpn(), "h2");
    ending.end(*theirs_);
    EXPECT_EQ(read_to_end(*ours), ending.seen);
    ours->close();
  }
  EXPECT_EQ(origin_.counts().resumed, 5u);
}

class ResumptionByVersion : public ResumptionFixture, public testing::WithParamInterface<int> {
 protected:
  ResumptionByVersion() {
    origin_.reconfigure([this](auto& o) { o = options(GetParam()); });
  }
};
INSTANTIATE_TEST_SUITE_P(Tls, ResumptionByVersion, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "v12" : "v13";
                         });

TEST_P(ResumptionByVersion, a_session_is_offered_to_its_own_name_only) {
  EXPECT_FALSE(resumes(name));
  EXPECT_FALSE(resumes(other_name));
  EXPECT_TRUE(resumes(other_name));
  EXPECT_TRUE(resumes(name));
}

TEST_P(ResumptionByVersion, a_session_is_offered_to_its_own_port_only) {
  EXPECT_FALSE(resumes());
  UniqueFd fd(fakes::connect_to(origin_.endpoint()).release());
  const auto elsewhere = context_.connect(std::move(fd), {name, 1}, buffer_);
  EXPECT_EQ(shake(*elsewhere), Handshake::done);
  EXPECT_FALSE(elsewhere->resumed());
}

TEST_P(ResumptionByVersion, a_session_belongs_to_its_tls_profile) {
  EXPECT_FALSE(resumes());
  EXPECT_FALSE(establish(origin_)->resumed());  // another context with the same settings
}

TEST_P(ResumptionByVersion, F040_nothing_is_remembered_where_verification_failed) {
  origin_.reconfigure([this](auto& o) { o.certificate = pki_.server({"evil.test"}); });
  EXPECT_EQ(shake(*dial(origin_, context_)), Handshake::failed);
  EXPECT_EQ(context_.sessions().peers(), 0u);
}

TEST_P(ResumptionByVersion, F040_a_session_ends_with_its_certificate_where_that_counts) {
  origin_.reconfigure([this](auto& o) { o.certificate = pki_.expired({name}); });
  auto unverified = settings();
  unverified.verify = false;
  const TlsContext context(unverified);
  for (const bool resumed : {false, true}) {
    const auto ours = dial(origin_, context);
    EXPECT_EQ(shake(*ours), Handshake::done);
    EXPECT_EQ(ours->resumed(), resumed);
    origin_.accept()->write("x");
    auto last = IoStatus::ok;
    read(*ours, 1, last);
  }
  const auto unverified_one = context.sessions().take({name, origin_.port()});
  ASSERT_TRUE(unverified_one.session);
  EXPECT_EQ(unverified_one.verification.certificate_end, endless);
}

TEST_P(ResumptionByVersion, F040_a_resumed_connections_sessions_end_with_the_certificate_too) {
  EXPECT_FALSE(resumes());
  const auto first = context_.sessions().take({name, origin_.port()});
  ASSERT_TRUE(first.session);
  EXPECT_GT(first.verification.certificate_end, std::time(nullptr));
  EXPECT_LT(first.verification.certificate_end, endless);
  context_.sessions().put({name, origin_.port()}, *first.session,
                          life_of(*first.session, first.verification));
  EXPECT_TRUE(resumes());
  const auto next = context_.sessions().take({name, origin_.port()}).verification;
  EXPECT_EQ(next.certificate_end, first.verification.certificate_end);
  EXPECT_EQ(next.at, first.verification.at) << "a resumed handshake verifies nothing";
}

TEST_P(ResumptionByVersion, what_is_kept_of_a_session_has_no_certificate) {
  EXPECT_FALSE(resumes());
  const auto kept = context_.sessions().take({name, origin_.port()});
  ASSERT_TRUE(kept.session);
  EXPECT_EQ(SSL_SESSION_get0_peer(kept.session.get()), nullptr);
}

TEST_P(ResumptionByVersion, a_session_that_the_origin_does_not_take_any_more_costs_no_failure) {
  EXPECT_FALSE(resumes());
  ScriptedOrigin restarted(options(GetParam()));  // with other ticket keys
  const auto at = [&](const ScriptedOrigin& origin) {
    UniqueFd fd(fakes::connect_to(origin.endpoint()).release());
    return context_.connect(std::move(fd), {name, origin_.port()}, buffer_);
  };
  const auto ours = at(restarted);
  EXPECT_EQ(shake(*ours), Handshake::done);
  EXPECT_FALSE(ours->resumed());
}

TEST_P(ResumptionByVersion, a_handshake_that_fails_with_a_session_is_followed_by_a_full_one) {
  EXPECT_FALSE(resumes());
  EXPECT_TRUE(resumes());
  origin_.reconfigure([](auto& o) { o.alpn = {"spdy/3"}; });
  EXPECT_EQ(shake(*dial(origin_, context_)), Handshake::failed);
  EXPECT_EQ(context_.sessions().peers(), 0u);
  origin_.reconfigure([](auto& o) { o.alpn = {"h2"}; });
  EXPECT_FALSE(resumes());
  EXPECT_TRUE(resumes());
}

TEST_P(ResumptionByVersion, a_handshake_given_up_with_a_session_is_followed_by_a_full_one) {
  EXPECT_FALSE(resumes());
  origin_.reconfigure([](auto& o) { o.answer_handshake = false; });
  const auto ours = dial(origin_, context_);
  EXPECT_EQ(ours->handshake(), Handshake::want_read);
  ours->close();
  EXPECT_EQ(context_.sessions().peers(), 0u);
}

TEST_P(ResumptionByVersion, the_protocol_is_what_this_handshake_chose) {
  EXPECT_EQ(meet()->alpn(), "h2");
  origin_.reconfigure([](auto& o) { o.alpn = {"http/1.1"}; });
  const auto ours = meet();
  EXPECT_TRUE(ours->resumed());
  EXPECT_EQ(ours->alpn(), "http/1.1");
}

TEST_P(ResumptionByVersion, F044_a_resumed_handshake_sends_no_early_data_though_it_could) {
  origin_.reconfigure([](auto& o) { o.early_data = 16 * 1024; });
  EXPECT_FALSE(resumes());
  EXPECT_TRUE(resumes());
  EXPECT_FALSE(theirs_->tls().offered_early_data);
}

TEST_P(ResumptionByVersion, an_origin_without_tickets_is_met_anew_each_time) {
  origin_.reconfigure([](auto& o) { o.session_tickets = false; });
  EXPECT_FALSE(resumes());
  EXPECT_FALSE(resumes());
}

TEST_P(ResumptionByVersion, a_connection_may_outlive_its_context) {
  auto context = std::make_unique<TlsContext>(settings());
  const auto ours = dial(origin_, *context);
  EXPECT_EQ(shake(*ours), Handshake::done);
  context.reset();
  origin_.accept()->write("x");  // behind the tickets
  auto last = IoStatus::ok;
  EXPECT_EQ(read(*ours, 1, last), "x");
}

TEST_P(ResumptionByVersion, two_threads_share_what_is_remembered) {
  constexpr std::size_t rounds = 20;
  // On one thread first: what OpenSSL caches of the root is guarded in a way that TSan can't see.
  EXPECT_FALSE(resumes());
  origin_.set_script([](OriginConnection& c) { c.write("x"), c.read_to_end(); });
  const auto work = [&] {
    CipherBuffer buffer;
    for (std::size_t i = 0; i < rounds; ++i) {
      UniqueFd fd(fakes::connect_to(origin_.endpoint()).release());
      const auto ours = context_.connect(std::move(fd), {name, origin_.port()}, buffer);
      EXPECT_EQ(shake(*ours), Handshake::done);
      auto last = IoStatus::ok;
      EXPECT_EQ(read(*ours, 1, last), "x");
      ours->close();
    }
  };
  std::thread other(work);
  work();
  other.join();
  // Who takes a ticket leaves one; there was one for two threads at the beginning.
  EXPECT_GE(origin_.wait_for_handshakes(1 + 2 * rounds).resumed, 2 * rounds - 1);
}

TEST_F(ResumptionFixture, F043_those_that_are_made_at_once_all_resume) {
  const auto first = meet();
  // None of them can bring others before all are dialled.
  const auto dial_four = [&] {
    std::vector<std::unique_ptr<TlsTransport>> dialled;
    for (int i = 0; i < 4; ++i) dialled.push_back(dial(origin_, context_));
    std::vector<bool> resumed;
    for (const auto& ours : dialled) {
      EXPECT_EQ(shake(*ours), Handshake::done);
      resumed.push_back(ours->resumed());
    }
    return resumed;
  };
  EXPECT_THAT(dial_four(), testing::Each(true)) << "with one ticket";
  for (int i = 0; i < 3; ++i) theirs_->send_session_ticket();
  theirs_->write("y");
  auto last = IoStatus::ok;
  EXPECT_EQ(read(*first, 1, last), "y");
  EXPECT_THAT(dial_four(), testing::Each(true)) << "with the tickets that came late";
}

}  // namespace
}  // namespace ccnproxy::tls
