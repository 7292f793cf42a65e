// Dialing over loopback to an origin of the test's own. Names are addresses: DNS has its own tests.

#include "ccnproxy/origin/network_dialer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_origin.h"
#include "fakes/test_pki.h"
#include "unit/origin/recording_sink.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::origin {
namespace {

using fakes::ScriptedOrigin;
using std::chrono::milliseconds;
using testing::HasSubstr;

class NetworkDialerTest : public testing::Test {
 protected:
  ~NetworkDialerTest() override {
    for (auto& dial : dials_) loop_.retire(std::move(dial));
    for (auto& connection : connections_) loop_.retire(std::move(connection));
    loop_.run_once(Duration(0));
  }

  fakes::OriginOptions options(std::vector<std::string> alpn = {"h2", "http/1.1"}) {
    fakes::OriginOptions made;
    made.certificate = pki_.server({"api.example.test"});
    made.alpn = std::move(alpn);
    return made;
  }
  static fakes::OriginOptions plain() {
    fakes::OriginOptions made;
    made.tls = false;
    return made;
  }

  void aim(std::uint16_t port, Scheme scheme = Scheme::https) {
    config::Tls tls;
    tls.ca_file = pki_.ca_file();
    settings_.tls = std::make_shared<const tls::TlsContext>(tls);
    settings_.connect_host = "127.0.0.1";
    settings_.connect_port = port;
    settings_.exemption = {"127.0.0.1", port, AddressList()};
    make_dialer({scheme, "api.example.test", default_port(scheme)});
  }
  /// As the name says, without `connect_to`.
  void aim_by_name(const std::string& host, std::uint16_t port) {
    settings_ = {};
    make_dialer({Scheme::http, host, port});
  }
  void make_dialer(Origin to) {
    dialer_ = std::make_unique<NetworkDialer>(
        std::make_shared<const DialContext>(
            DialContext{context_, resolver_, health_, last_serial_, access_, nullptr,
                        [this](const std::string& text) { warnings_.push_back(text); }}),
        std::move(to), std::make_shared<const OriginSettings>(settings_));
  }
  void start() {
    dials_.push_back(dialer_->dial(
        listener_, Delegate<void(DialResult)>::to<&NetworkDialerTest::on_result>(this)));
  }
  void on_result(DialResult result) {
    ++answers_;
    if (result) {
      connections_.push_back(std::move(*result));
    } else {
      error_ = result.error();
    }
  }
  bool until_answers(int n = 1) {
    return turn_until(loop_, [&] { return answers_ == n; });
  }
  bool dial() {
    const int before = answers_;
    start();
    return until_answers(before + 1);
  }
  void expect_error(ErrorType type, Phase phase) {
    ASSERT_TRUE(error_);
    EXPECT_EQ(to_string(error_->type), to_string(type));
    EXPECT_EQ(to_string(error_->phase), to_string(phase));
    EXPECT_EQ(error_->proof, Proof::not_sent);
    EXPECT_THAT(error_->detail, HasSubstr("api.example.test"));
    EXPECT_TRUE(connections_.empty());
  }

  fakes::TestPki pki_;
  EventLoop loop_;
  WorkerBuffers buffers_;
  WindowBudget windows_;
  ConnectionContext context_{loop_, buffers_, windows_, {}, std::chrono::seconds(30)};
  config::Dns dns_;
  Resolver resolver_{loop_, dns_};
  FamilyHealth health_;
  std::uint64_t last_serial_ = 0;
  AddressAccess access_{AddressList()};
  OriginSettings settings_;
  std::unique_ptr<NetworkDialer> dialer_;
  RecordingListener listener_;
  std::vector<std::unique_ptr<Dial>> dials_;
  std::vector<std::unique_ptr<OriginConnection>> connections_;
  std::vector<std::string> warnings_;
  std::optional<Error> error_;
  int answers_ = 0;
};

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

TEST_F(NetworkDialerTest, tells_of_no_address_before_it_has_asked_for_one) {
  aim_by_name("api.example.test", 80);
  EXPECT_EQ(dialer_->addresses().known, 0u);
  EXPECT_EQ(dialer_->addresses().unused, 0u);
  aim_by_name("localhost", 80);
  EXPECT_GE(dialer_->addresses().known, 1u) << "the hosts file has it";
}

TEST_F(NetworkDialerTest, tells_which_of_its_addresses_have_no_connection) {
  ScriptedOrigin origin(plain());
  aim(origin.port(), Scheme::http);
  EXPECT_EQ(dialer_->addresses().known, 1u) << "an address needs no question to DNS";
  EXPECT_EQ(dialer_->addresses().unused, 1u);
  start();
  EXPECT_EQ(dialer_->addresses().unused, 1u) << "a dial that has not chosen yet";
  ASSERT_TRUE(until_answers());
  EXPECT_EQ(dialer_->addresses().known, 1u);
  EXPECT_EQ(dialer_->addresses().unused, 0u);
  loop_.retire(std::move(dials_.back()));
  loop_.retire(std::move(connections_.back()));
  dials_.clear();
  connections_.clear();
  loop_.run_once(Duration(0));
  EXPECT_EQ(dialer_->addresses().unused, 1u) << "as before it was there";
}

TEST_F(NetworkDialerTest, F045_an_address_that_failed_lately_is_none_to_count_on) {
  auto silent = options();
  silent.answer_handshake = false;
  ScriptedOrigin mute(silent);
  settings_.shares = true;
  settings_.timeouts.tls = milliseconds(30);
  aim(mute.port());
  EXPECT_EQ(dialer_->addresses().known, 1u);
  ASSERT_TRUE(dial());
  expect_error(ErrorType::connection_timeout, Phase::tls);
  EXPECT_EQ(dialer_->addresses().known, 0u);
  EXPECT_EQ(dialer_->addresses().unused, 0u);
}

/// Dials the address as its name says, without an override that vouches for it.
class ProhibitedAddress : public NetworkDialerTest {
 protected:
  ProhibitedAddress() { access_ = AddressAccess(AddressList({"127.0.0.0/8", "::1"})); }
};

TEST_F(ProhibitedAddress, F087_is_not_connected_to) {
  ScriptedOrigin origin(plain());
  for (const std::string host : {"127.0.0.1", "::ffff:127.0.0.1", "localhost"}) {
    error_.reset();
    aim_by_name(host, origin.port());
    ASSERT_TRUE(dial());
    ASSERT_TRUE(error_) << host;
    EXPECT_EQ(to_string(error_->type), "destination_ip_prohibited") << error_->detail;
    EXPECT_EQ(to_string(error_->phase), "tcp");
    EXPECT_THAT(error_->detail, HasSubstr(host));
    EXPECT_THAT(error_->detail, HasSubstr("prohibited"));
    EXPECT_THAT(error_->detail, HasSubstr(", denied by "));
  }
  EXPECT_EQ(origin.accepts(), 0u);
}

TEST_F(ProhibitedAddress, F092_is_told_of_connections_that_stand_as_the_list_is_then) {
  aim_by_name("localhost", 80);
  EXPECT_TRUE(dialer_->is_prohibited("127.0.0.1:80"));
  EXPECT_FALSE(dialer_->is_prohibited("192.0.2.1:80"));
  access_ = AddressAccess(AddressList({"192.0.2.0/24"}));
  EXPECT_FALSE(dialer_->is_prohibited("127.0.0.1:80"));
  EXPECT_TRUE(dialer_->is_prohibited("192.0.2.1:80"));
  aim(80, Scheme::http);
  EXPECT_TRUE(dialer_->is_prohibited("192.0.2.1:80")) << "connect_to names another place";
  access_ = AddressAccess(AddressList({"127.0.0.0/8"}));
  EXPECT_FALSE(dialer_->is_prohibited("127.0.0.1:80")) << "connect_to vouches for it";
  EXPECT_TRUE(dialer_->is_prohibited("127.0.0.1:81"));
}

TEST_F(ProhibitedAddress, F156_a_name_in_connect_to_vouches_for_nothing) {
  ScriptedOrigin origin(plain());
  aim(origin.port(), Scheme::http);
  settings_.connect_host = "localhost";
  settings_.exemption = {"localhost", origin.port(), AddressList()};
  make_dialer({Scheme::http, "api.example.test", 80});
  ASSERT_TRUE(dial());
  expect_error(ErrorType::destination_ip_prohibited, Phase::tcp);
  EXPECT_THAT(error_->detail, HasSubstr("connect_to of its override is a name, which exempts no"));
  EXPECT_EQ(origin.accepts(), 0u);
  error_.reset();
  settings_.exemption.addresses = AddressList({"127.0.0.1"});
  make_dialer({Scheme::http, "api.example.test", 80});
  ASSERT_TRUE(dial());
  EXPECT_FALSE(error_);
}

TEST_F(ProhibitedAddress, F156_nor_does_an_address_for_a_port_that_the_client_chose) {
  ScriptedOrigin origin(plain());
  settings_ = {};
  settings_.connect_host = "127.0.0.1";
  settings_.exemption = {"127.0.0.1", 0, AddressList()};
  make_dialer({Scheme::http, "api.example.test", origin.port()});
  ASSERT_TRUE(dial());
  expect_error(ErrorType::destination_ip_prohibited, Phase::tcp);
  EXPECT_THAT(error_->detail, HasSubstr("on the scheme's default port"));
  EXPECT_EQ(origin.accepts(), 0u);
}

TEST_F(NetworkDialerTest, F157_an_address_of_this_machine_is_refused_at_connect) {
  bool has_it = true;
  access_ = AddressAccess(
      AddressList(), [&](const Endpoint&) { return has_it; }, OwnAddresses::denied);
  aim_by_name("192.0.2.77", 443);
  ASSERT_TRUE(dial());
  ASSERT_TRUE(error_);
  EXPECT_EQ(to_string(error_->type), "destination_ip_prohibited");
  EXPECT_THAT(error_->detail, HasSubstr("an address of this proxy's own machine"));
  EXPECT_TRUE(dialer_->is_prohibited("192.0.2.77:443"));
  has_it = false;
  EXPECT_FALSE(dialer_->is_prohibited("192.0.2.77:443")) << "asked anew each time";
}

TEST_F(ProhibitedAddress, connect_to_is_the_operators_word) {
  ScriptedOrigin origin(plain());
  aim(origin.port(), Scheme::http);
  ASSERT_TRUE(dial());
  EXPECT_FALSE(error_);
}

TEST_F(ProhibitedAddress, F055_an_address_of_our_own_is_refused_even_with_connect_to) {
  ScriptedOrigin ourselves(plain());
  access_.add_own(*Endpoint::parse(ourselves.endpoint()));
  aim(ourselves.port(), Scheme::http);
  ASSERT_TRUE(dial());
  expect_error(ErrorType::destination_ip_prohibited, Phase::tcp);
  EXPECT_THAT(error_->detail, HasSubstr("this proxy itself listens there"));
  EXPECT_EQ(ourselves.accepts(), 0u);
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
