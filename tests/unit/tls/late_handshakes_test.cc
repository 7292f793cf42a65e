// Handshakes that an origin asks for when the connection stands: client certificates for a path.

#include <thread>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "fakes/latch.h"
#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

using Handshake = TlsTransport::Handshake;
using fakes::OriginConnection;
using fakes::PeerGone;
using fakes::ScriptedOrigin;
using testing::HasSubstr;

class LateHandshakes : public TlsFixture, public testing::WithParamInterface<int> {
 protected:
  fakes::OriginOptions protecting(std::vector<std::string> alpn = {"http/1.1"}) {
    auto made = options();
    made.max_version = GetParam();
    made.alpn = std::move(alpn);
    made.late_client_ca_file = pki_.ca_file();
    return made;
  }
  config::Tls with_certificate() {
    auto ours = settings();
    ours.certificate = shop_.chain_file;
    ours.key = shop_.key_file;
    return ours;
  }
  /// Writes `out` and reads to the end, waiting for what each direction says that it waits for.
  std::string exchange(TlsTransport& ours, std::string_view out) {
    std::string got;
    char buffer[4096];
    for (;;) {
      if (!out.empty()) {
        const auto w = ours.write(out);
        if (w.status == IoStatus::ok) out.remove_prefix(w.bytes);
        if (w.status == IoStatus::failed) return got;
      }
      const auto r = ours.read(buffer, sizeof buffer);
      if (r.status == IoStatus::ok) {
        got.append(buffer, r.bytes);
        continue;
      }
      if (r.status != IoStatus::would_block) return got;
      const bool room = ours.read_awaits_room() || (!out.empty() && !ours.write_awaits_bytes());
      if (!await(ours, room ? POLLIN | POLLOUT : POLLIN)) return got;
    }
  }

  /// In an origin's script. That it has come so far is awaited: the end of the test ends the
  /// script.
  void expect_gone(OriginConnection& c) {
    EXPECT_THROW(c.ask_certificate(), PeerGone);
    gone_.open();
  }

  const fakes::Certificate shop_ = pki_.client("shop-1");
  fakes::Latch gone_;
};
INSTANTIATE_TEST_SUITE_P(Versions, LateHandshakes, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& tested) {
                           return tested.param == TLS1_2_VERSION ? "tls12" : "tls13";
                         });

TEST_P(LateHandshakes, F129_a_certificate_is_shown_when_a_path_asks_for_it) {
  ScriptedOrigin origin(protecting(), [](OriginConnection& c) {
    c.read_exact(5);
    c.write("1:" + c.ask_certificate());
    c.write(" 2:" + c.ask_certificate());
  });
  const auto ours = dial(origin, with_certificate());
  ASSERT_EQ(shake(*ours), Handshake::done) << ours->handshake_error().detail;
  EXPECT_EQ(exchange(*ours, "GET /"), "1:shop-1 2:shop-1") << ours->failure();
}

TEST_P(LateHandshakes, F129_bytes_of_before_and_after_are_all_there) {
  const std::string big(3'000'000, 'b');
  ScriptedOrigin origin(protecting(), [&](OriginConnection& c) {
    c.read_exact(big.size());
    c.write(big);
    EXPECT_EQ(c.ask_certificate(), "shop-1");
    c.write(big);
  });
  const auto ours = dial(origin, with_certificate());
  ASSERT_EQ(shake(*ours), Handshake::done);
  const auto got = exchange(*ours, big);
  EXPECT_EQ(got.size(), 2 * big.size()) << ours->failure();
}

TEST_P(LateHandshakes, F129_an_origin_that_asks_without_end_is_ended) {
  std::atomic<int> asked = 0;
  ScriptedOrigin origin(protecting(), [&](OriginConnection& c) {
    for (; asked < 10'000; ++asked) c.ask_certificate();
  });
  const auto ours = dial(origin, with_certificate());
  ASSERT_EQ(shake(*ours), Handshake::done);
  exchange(*ours, "");
  EXPECT_THAT(ours->failure(), HasSubstr("without end"));
  ours->close();
  EXPECT_LT(asked, 10'000);
}

TEST_P(LateHandshakes, F129_not_on_http2) {
  ScriptedOrigin origin(protecting({"h2"}), [this](OriginConnection& c) { expect_gone(c); });
  const auto ours = dial(origin, with_certificate());
  ASSERT_EQ(shake(*ours), Handshake::done);
  exchange(*ours, "");
  ours->close();
  gone_.wait("the origin to see that its client has gone");
  if (GetParam() == TLS1_3_VERSION) {
    EXPECT_THAT(ours->failure(), HasSubstr("tls.alpn"));
  } else {
    EXPECT_THAT(ours->failure(), HasSubstr("renegotiation"));
  }
}

TEST_P(LateHandshakes, F129_without_a_certificate_it_is_not_offered) {
  ScriptedOrigin origin(protecting(), [this](OriginConnection& c) {
    if (SSL_version(c.stream().ssl()) != TLS1_3_VERSION) return expect_gone(c);
    EXPECT_EQ(SSL_verify_client_post_handshake(c.stream().ssl()), 0);
    ERR_clear_error();
    gone_.open();
  });
  const auto ours = establish(origin);
  exchange(*ours, "");
  ours->close();
  gone_.wait("the origin to see that its client has gone");
  if (GetParam() == TLS1_2_VERSION) {
    EXPECT_THAT(ours->failure(), HasSubstr("tls.certificate"));
  }
}

TEST_P(LateHandshakes, F129_another_certificate_of_the_origins_is_verified_anew) {
  if (GetParam() == TLS1_3_VERSION) return;  // the origin shows its own once
  const auto evil = pki_.server({"evil.test"});
  ScriptedOrigin origin(protecting(), [&](OriginConnection& c) {
    SSL* ssl = c.stream().ssl();
    ASSERT_EQ(SSL_use_certificate_chain_file(ssl, evil.chain_file.c_str()), 1);
    ASSERT_EQ(SSL_use_PrivateKey_file(ssl, evil.key_file.c_str(), SSL_FILETYPE_PEM), 1);
    expect_gone(c);
  });
  const auto ours = dial(origin, with_certificate());
  ASSERT_EQ(shake(*ours), Handshake::done);
  exchange(*ours, "");
  ours->close();
  gone_.wait("the origin to see that its client has gone");
  EXPECT_THAT(ours->failure(), HasSubstr("for evil.test, not " + std::string(name)));
}

TEST_P(LateHandshakes, F129_the_next_connection_resumes_with_its_identity) {
  ScriptedOrigin origin(protecting(), [](OriginConnection& c) {
    if (c.number() == 0) c.ask_certificate();
    c.write(c.resumed() ? "resumed" : "full");
  });
  const TlsContext context(with_certificate());
  for (const std::string how : {"full", "resumed"}) {
    const auto ours = dial(origin, context);
    ASSERT_EQ(shake(*ours), Handshake::done);
    EXPECT_EQ(exchange(*ours, ""), how);
  }
}

}  // namespace
}  // namespace ccnproxy::tls
