// One object for each certificate, however often it is shown; verified each time all the same.

#include "tls/shared_certificates.h"

#include <barrier>
#include <thread>

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "unit/tls/tls_fixture.h"

namespace ccnproxy::tls {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<SSL_free>>;

class SharedCertificates : public TlsFixture {
 protected:
  static Context context(const std::string& ca_file) {
    Context made(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
    EXPECT_EQ(SSL_CTX_load_verify_file(made.get(), ca_file.c_str()), 1);
    share_certificates(*made, {ca_file, ""});
    return made;
  }
  /// Whether the handshake was done.
  bool connect(const fakes::ScriptedOrigin& origin, Connection& into, SSL_CTX& with,
               const std::string& host = name) {
    sockets_.emplace_back(fakes::connect_to(origin.endpoint()).release());
    into.reset(SSL_new(&with));
    ::fcntl(sockets_.back().get(), F_SETFL, 0);  // it may block
    SSL_set_fd(into.get(), sockets_.back().get());
    if (!host.empty()) SSL_set1_host(into.get(), host.c_str());
    return SSL_connect(into.get()) == 1;
  }
  static const X509* shown_by(const Connection& connection, int i) {
    return sk_X509_value(SSL_get_peer_cert_chain(connection.get()), i);
  }

  std::vector<UniqueFd> sockets_;
};

TEST_F(SharedCertificates, connections_that_are_shown_the_same_chain_hold_the_same_objects) {
  const fakes::ScriptedOrigin origin(options(pki_.through_intermediate({name})));
  const auto ours = context(pki_.ca_file());
  Connection a, b;
  ASSERT_TRUE(connect(origin, a, *ours) && connect(origin, b, *ours));
  ASSERT_EQ(sk_X509_num(SSL_get_peer_cert_chain(b.get())), 2);
  EXPECT_EQ(shown_by(a, 0), shown_by(b, 0));
  EXPECT_EQ(shown_by(a, 1), shown_by(b, 1));
  EXPECT_NE(shown_by(a, 0), shown_by(a, 1));
  EXPECT_EQ(SSL_get0_peer_certificate(b.get()), shown_by(b, 0));
  a.reset();
  EXPECT_EQ(X509_check_host(SSL_get0_peer_certificate(b.get()), name, 0, 0, nullptr), 1);
}

TEST_F(SharedCertificates, another_certificate_of_the_same_name_is_another) {
  const fakes::ScriptedOrigin one(options(pki_.server({name})));
  const fakes::ScriptedOrigin other(options(pki_.server({name})));
  const auto ours = context(pki_.ca_file());
  Connection a, b;
  ASSERT_TRUE(connect(one, a, *ours) && connect(other, b, *ours));
  EXPECT_NE(shown_by(a, 0), shown_by(b, 0));
}

TEST_F(SharedCertificates, F040_a_certificate_that_is_known_is_verified_again) {
  const fakes::ScriptedOrigin origin(options());
  const auto ours = context(pki_.ca_file());
  Connection trusted, wrong_name;
  ASSERT_TRUE(connect(origin, trusted, *ours));
  EXPECT_FALSE(connect(origin, wrong_name, *ours, "other.example.test"));
  EXPECT_EQ(SSL_get_verify_result(wrong_name.get()), X509_V_ERR_HOSTNAME_MISMATCH);
  const fakes::ScriptedOrigin unknown(options(pki_.from_unknown_ca({name})));
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(connect(unknown, wrong_name, *ours));
}

TEST_F(SharedCertificates, F040_a_certificate_in_which_nobody_is_expected_is_refused) {
  const fakes::ScriptedOrigin origin(options());
  const auto ours = context(pki_.ca_file());
  Connection expects_nobody;
  EXPECT_FALSE(connect(origin, expects_nobody, *ours, ""));
  EXPECT_EQ(SSL_get_verify_result(expects_nobody.get()), X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST_F(SharedCertificates, F098_what_is_known_of_many_certificates_is_bounded) {
  fakes::ScriptedOrigin origin(options());
  const auto ours = context(pki_.ca_file());
  Connection first, later;
  const auto certificate = pki_.server({name});
  origin.reconfigure([&](auto& o) { o.certificate = certificate; });
  ASSERT_TRUE(connect(origin, first, *ours));
  for (int i = 0; i < 256; ++i) {
    origin.reconfigure([this](auto& o) { o.certificate = pki_.server({name}); });
    ASSERT_TRUE(connect(origin, later, *ours));
    sockets_.clear();
  }
  origin.reconfigure([&](auto& o) { o.certificate = certificate; });
  ASSERT_TRUE(connect(origin, later, *ours));
  EXPECT_NE(shown_by(first, 0), shown_by(later, 0)) << "it was forgotten, and is known anew";
}

/// What TSan has to say of it is the test: OpenSSL itself is not instrumented, so what it does with
/// atomics alone looks like a race there.
TEST_F(SharedCertificates, threads_may_verify_at_once_from_the_first_handshake_on) {
  const auto chain = pki_.server({name});
  using Certificate = std::unique_ptr<X509, Free<X509_free>>;
  using Verification = std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>>;
  const auto shown = [&] {
    const std::unique_ptr<BIO, Free<BIO_free>> pem(BIO_new_mem_buf(chain.chain_pem.data(), -1));
    return Certificate(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
  };
  for (int round = 0; round < 50; ++round) {
    const auto ours = context(pki_.ca_file());
    read_trusted_extensions(*ours);
    std::barrier together(2);
    const auto verify = [&] {
      const auto leaf = shown();
      const Verification verification(X509_STORE_CTX_new());
      X509_STORE_CTX_init(verification.get(), SSL_CTX_get_cert_store(ours.get()), leaf.get(),
                          nullptr);
      together.arrive_and_wait();
      EXPECT_EQ(X509_verify_cert(verification.get()), 1);
    };
    std::thread other(verify);
    verify();
    other.join();
  }
}

}  // namespace
}  // namespace ccnproxy::tls
