// Which addresses are dialled, and what is told of them.

#include "unit/origin/network_dialer_fixture.h"

namespace ccnproxy::origin {
namespace {

using fakes::ScriptedOrigin;
using std::chrono::milliseconds;
using testing::HasSubstr;

/// Dials the address as its name says, without an override that vouches for it.
class ProhibitedAddress : public NetworkDialerTest {
 protected:
  ProhibitedAddress() { acl_ = AddressAcl(AddressList({"127.0.0.0/8", "::1"})); }
};

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
  loop_.defer_delete(std::move(dials_.back()));
  loop_.defer_delete(std::move(connections_.back()));
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
  acl_ = AddressAcl(AddressList({"192.0.2.0/24"}));
  EXPECT_FALSE(dialer_->is_prohibited("127.0.0.1:80"));
  EXPECT_TRUE(dialer_->is_prohibited("192.0.2.1:80"));
  aim(80, Scheme::http);
  EXPECT_TRUE(dialer_->is_prohibited("192.0.2.1:80")) << "connect_to names another place";
  acl_ = AddressAcl(AddressList({"127.0.0.0/8"}));
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
  acl_ = AddressAcl(
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
  acl_.add_own(*Endpoint::parse(ourselves.endpoint()));
  aim(ourselves.port(), Scheme::http);
  ASSERT_TRUE(dial());
  expect_error(ErrorType::destination_ip_prohibited, Phase::tcp);
  EXPECT_THAT(error_->detail, HasSubstr("this proxy itself listens there"));
  EXPECT_EQ(ourselves.accepts(), 0u);
}

}  // namespace
}  // namespace ccnproxy::origin
