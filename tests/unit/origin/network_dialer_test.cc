#include "unit/origin/network_dialer_fixture.h"

namespace ccnproxy::origin {
namespace {

using fakes::ScriptedOrigin;
using std::chrono::milliseconds;
using testing::HasSubstr;

TEST_F(NetworkDialerTest, F031_the_protocol_is_what_the_origin_chose) {
  for (const std::string chosen : {"h2", "http/1.1"}) {
    ScriptedOrigin origin(options({chosen}));
    aim(origin.port());
    ASSERT_TRUE(dial());
    ASSERT_FALSE(error_) << error_->detail;
    EXPECT_EQ(to_string(connections_.back()->info().protocol), chosen);
    EXPECT_EQ(connections_.back()->capacity(), chosen == "h2" ? 100u : 1u);
  }
}

TEST_F(NetworkDialerTest, tells_the_group_of_the_key_exchange) {
  for (const std::string group : {"P-256", "X25519"}) {
    auto made = options({"h2"});
    made.groups = group;
    ScriptedOrigin origin(made);
    aim(origin.port());
    ASSERT_TRUE(dial());
    ASSERT_FALSE(error_) << error_->detail;
    EXPECT_EQ(connections_.back()->info().tls_group, group);
  }
}

TEST_F(NetworkDialerTest, a_large_hello_that_is_refused_is_followed_by_a_small_one_and_told_once) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL sends no large ones";
  auto made = options({"h2"});
  made.refuse_large_hello = true;
  ScriptedOrigin origin(made);
  aim(origin.port());
  ASSERT_TRUE(dial());
  expect_error(ErrorType::tls_alert_received, Phase::tls);
  EXPECT_THAT(warnings_, testing::IsEmpty());
  error_.reset();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(dial());
    ASSERT_FALSE(error_) << error_->detail;
    EXPECT_EQ(connections_.back()->info().tls_group, "X25519");
  }
  ASSERT_EQ(warnings_.size(), 1u);
  EXPECT_THAT(warnings_[0], HasSubstr("https://api.example.test"));
  EXPECT_THAT(warnings_[0], HasSubstr("tls.groups"));
}

TEST_F(NetworkDialerTest, silence_to_a_large_hello_is_followed_by_a_small_one) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL sends no large ones";
  auto made = options({"h2"});
  made.answer_handshake = false;
  ScriptedOrigin origin(made);
  settings_.timeouts.tls = std::chrono::milliseconds(50);
  aim(origin.port());
  ASSERT_TRUE(dial());
  expect_error(ErrorType::connection_timeout, Phase::tls);
  settings_.timeouts.tls = std::chrono::seconds(30);
  make_dialer({Scheme::https, "api.example.test", 443});
  origin.reconfigure([](auto& o) { o.answer_handshake = true; });
  error_.reset();
  ASSERT_TRUE(dial());
  ASSERT_FALSE(error_) << error_->detail;
  EXPECT_EQ(connections_.back()->info().tls_group, "X25519");
}

TEST_F(NetworkDialerTest, an_origin_that_chooses_none_speaks_http1) {
  ScriptedOrigin origin(options({}));
  aim(origin.port());
  ASSERT_TRUE(dial());
  ASSERT_EQ(connections_.size(), 1u);
  EXPECT_EQ(connections_[0]->info().protocol, Protocol::http1);
}

TEST_F(NetworkDialerTest, an_http_origin_gets_plain_http1) {
  ScriptedOrigin origin(plain(), [](fakes::OriginConnection& c) {
    c.read_request();
    c.respond(200, "plain");
    c.wait_for_end();
  });
  aim(origin.port(), Scheme::http);
  ASSERT_TRUE(dial());
  ASSERT_EQ(connections_.size(), 1u);
  Call call;
  call.request = make_request("GET", "/");
  connections_[0]->open(call.request, call.sink);
  ASSERT_TRUE(turn_until(loop_, [&] { return call.sink.ended(); }));
  EXPECT_EQ(call.sink.body, "plain");
}

TEST_F(NetworkDialerTest, tells_where_it_connected_and_what_it_took) {
  ScriptedOrigin origin(options());
  aim(origin.port());
  ASSERT_TRUE(dial());
  ASSERT_TRUE(dial());
  ASSERT_EQ(connections_.size(), 2u);
  const auto& info = connections_[0]->info();
  EXPECT_EQ(info.address, origin.endpoint());
  EXPECT_GT(info.timings.tcp.count(), 0);
  EXPECT_GT(info.timings.tls.count(), 0);
  EXPECT_NE(info.serial, 0u);
  EXPECT_NE(connections_[1]->info().serial, info.serial);
}

TEST_F(NetworkDialerTest, F039_connects_elsewhere_but_asks_for_the_origins_name) {
  ScriptedOrigin origin(options());
  aim(origin.port());
  ASSERT_TRUE(dial());
  EXPECT_EQ(origin.accept()->sni(), "api.example.test");
}

TEST_F(NetworkDialerTest, never_answers_from_within_the_call) {
  ScriptedOrigin origin(options());
  aim(origin.port());
  start();
  EXPECT_EQ(answers_, 0);
  EXPECT_TRUE(until_answers());
}

TEST_F(NetworkDialerTest, F107_a_refused_connect_has_a_name) {
  ScriptedOrigin origin(options());
  aim(origin.port());
  origin.stop_listening();
  ASSERT_TRUE(dial());
  expect_error(ErrorType::connection_refused, Phase::tcp);
}

TEST_F(NetworkDialerTest, F040_a_certificate_for_another_name_is_an_error) {
  auto wrong = options();
  wrong.certificate = pki_.server({"other.example.test"});
  ScriptedOrigin origin(wrong);
  aim(origin.port());
  ASSERT_TRUE(dial());
  expect_error(ErrorType::tls_certificate_error, Phase::tls);
  EXPECT_THAT(error_->detail, HasSubstr(origin.endpoint()));
  origin.wait_for_open(0);
}

TEST_F(NetworkDialerTest, F045_a_peer_that_never_finishes_tls_is_given_up) {
  auto silent = options();
  silent.answer_handshake = false;
  ScriptedOrigin origin(silent);
  settings_.timeouts.tls = milliseconds(30);
  aim(origin.port());
  ASSERT_TRUE(dial());
  expect_error(ErrorType::connection_timeout, Phase::tls);
}

TEST_F(NetworkDialerTest, F107_a_peer_that_leaves_during_the_handshake_has_a_name) {
  ScriptedOrigin origin(plain(), [](fakes::OriginConnection& c) { c.read_exact(1), c.close(); });
  aim(origin.port());
  ASSERT_TRUE(dial());
  expect_error(ErrorType::connection_terminated, Phase::tls);
}

TEST_F(NetworkDialerTest, a_dial_that_is_given_up_at_once_never_answers) {
  ScriptedOrigin origin(options());
  aim(origin.port());
  start();
  dials_.clear();
  ASSERT_TRUE(dial()) << "another goes its way";
  EXPECT_EQ(answers_, 1);
}

TEST_F(NetworkDialerTest, a_dial_that_is_given_up_during_the_handshake_never_answers) {
  auto silent = options();
  silent.answer_handshake = false;
  ScriptedOrigin mute(silent);
  aim(mute.port());
  start();
  ASSERT_TRUE(turn_until(loop_, [&] { return mute.accepts() == 1; }));
  dials_.clear();
  ScriptedOrigin origin(options());
  aim(origin.port());
  ASSERT_TRUE(dial());
  EXPECT_EQ(answers_, 1);
  EXPECT_FALSE(error_);
}

TEST_F(NetworkDialerTest, a_connection_may_outlive_its_dialer) {
  for (const std::string protocol : {"h2", "http/1.1"}) {
    ScriptedOrigin origin(options({protocol}), [](auto& c) { c.read_to_end(); });
    aim(origin.port());
    ASSERT_TRUE(dial());
    dials_.clear();
    dialer_.reset();
    loop_.run_once(milliseconds(10));
    connections_.back()->drain("over");
    ASSERT_TRUE(turn_until(loop_, [&] { return listener_.closed.has_value(); })) << protocol;
    listener_.closed.reset();
  }
}

TEST_F(NetworkDialerTest, F013_a_ticket_on_an_idle_connection_leaves_it_idle) {
  ScriptedOrigin origin(options({"http/1.1"}), [](fakes::OriginConnection& c) {
    c.send_session_ticket();
    while (c.next_request()) {
      c.respond(200, "here");
      c.send_session_ticket();
    }
  });
  aim(origin.port());
  ASSERT_TRUE(dial());
  ASSERT_EQ(connections_.size(), 1u);
  for (int i = 0; i < 3; ++i) {
    Call call;
    call.request = make_request("GET", "/");
    connections_[0]->open(call.request, call.sink);
    ASSERT_TRUE(turn_until(loop_, [&] { return call.sink.ended(); }));
    EXPECT_EQ(call.sink.body, "here");
    loop_.run_once(milliseconds(10));
  }
  EXPECT_FALSE(listener_.closed);
  EXPECT_EQ(origin.accepts(), 1u);
}

}  // namespace
}  // namespace ccnproxy::origin
