#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/http1/http1_connection.h"
#include "ccnproxy/http2/http2_connection.h"
#include "ccnproxy/origin/network_dialer.h"

#include "fakes/scripted_origin.h"
#include "fakes/test_pki.h"
#include "unit/origin/recording_sink.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::origin {

/// Dials over loopback to an origin of the test's own. Names are addresses: DNS has its own tests.
class NetworkDialerTest : public testing::Test {
 protected:
  ~NetworkDialerTest() override {
    for (auto& dial : dials_) loop_.defer_delete(std::move(dial));
    for (auto& connection : connections_) loop_.defer_delete(std::move(connection));
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
            DialContext{context_, std::bind_front(&NetworkDialerTest::make_connection, this),
                        resolver_, health_, last_serial_, acl_, nullptr,
                        [this](const std::string& text) { warnings_.push_back(text); }}),
        std::move(to), std::make_shared<const OriginSettings>(settings_));
  }
  std::unique_ptr<OriginConnection> make_connection(const ConnectionContext& context,
                                                    std::unique_ptr<tls::Transport> transport,
                                                    ConnectionInfo info,
                                                    ConnectionListener& listener,
                                                    std::shared_ptr<PeerState> facts) {
    if (info.protocol == Protocol::http2)
      return std::make_unique<http2::Http2Connection>(context, http2_memory_, std::move(transport),
                                                      std::move(info), listener, std::move(facts));
    return std::make_unique<http1::Http1Connection>(context, std::move(transport), std::move(info),
                                                    listener, std::move(facts));
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
    EXPECT_THAT(error_->detail, testing::HasSubstr("api.example.test"));
    EXPECT_TRUE(connections_.empty());
  }

  fakes::TestPki pki_;
  EventLoop loop_;
  WorkerBuffers buffers_;
  http2::WorkerMemory http2_memory_;
  ConnectionContext context_{loop_, buffers_, {}, std::chrono::seconds(30)};
  config::Dns dns_;
  dns::Resolver resolver_{loop_, dns_};
  FamilyHealth health_;
  std::uint64_t last_serial_ = 0;
  AddressAcl acl_{AddressList()};
  OriginSettings settings_;
  std::unique_ptr<NetworkDialer> dialer_;
  RecordingListener listener_;
  std::vector<std::unique_ptr<Dial>> dials_;
  std::vector<std::unique_ptr<OriginConnection>> connections_;
  std::vector<std::string> warnings_;
  std::optional<Error> error_;
  int answers_ = 0;
};

}  // namespace ccnproxy::origin
