// Keys of the key exchange, and what was asked for, are gone after the handshake, and the
// connection goes on without them.

#include "ccnproxy/tls/handshake_secrets.h"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "fakes/test_pki.h"
#include "fakes/tls_context.h"

namespace ccnproxy::tls {
namespace {

template <auto F>
struct Free {
  template <class T>
  void operator()(T* p) const noexcept {
    F(p);
  }
};
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Free<SSL_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

struct Kind {
  const char* name;
  long version;  ///< as OpenSSL takes it, and without padding, which gtest would print
  const char* group;
};

/// Whether anything of the key is left.
bool holds(const Key& key) {
  unsigned char* bytes = nullptr;
  const auto size = EVP_PKEY_get1_encoded_public_key(key.get(), &bytes);
  OPENSSL_free(bytes);
  ERR_clear_error();
  return size > 0;
}

/// Both ends of a connection, in one thread and without a socket.
class HandshakeKeys : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    const auto certificate = pki_.server({"api.example.test"});
    ASSERT_EQ(
        SSL_CTX_use_certificate_chain_file(server_context_.get(), certificate.chain_file.c_str()),
        1);
    ASSERT_EQ(SSL_CTX_use_PrivateKey_file(server_context_.get(), certificate.key_file.c_str(),
                                          SSL_FILETYPE_PEM),
              1);
    ASSERT_EQ(SSL_CTX_set1_groups_list(client_context_.get(), GetParam().group), 1);
    for (auto* context : {client_context_.get(), server_context_.get()}) {
      SSL_CTX_set_min_proto_version(context, GetParam().version);
      SSL_CTX_set_max_proto_version(context, GetParam().version);
    }
    client_.reset(SSL_new(client_context_.get()));
    server_.reset(SSL_new(server_context_.get()));
    BIO *to_server = nullptr, *to_client = nullptr;
    ASSERT_EQ(BIO_new_bio_pair(&to_server, 0, &to_client, 0), 1);
    SSL_set_bio(client_.get(), to_server, to_server);
    SSL_set_bio(server_.get(), to_client, to_client);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
    for (int i = 0; i < 10 && !(done(*client_) && done(*server_)); ++i) {
      SSL_do_handshake(client_.get());
      SSL_do_handshake(server_.get());
    }
    ASSERT_TRUE(done(*client_) && done(*server_));
  }
  static bool done(const SSL& ssl) { return SSL_is_init_finished(&ssl) == 1; }

  Key own_key() const {
    EVP_PKEY* key = nullptr;
    SSL_get_tmp_key(client_.get(), &key);
    return Key(key);
  }
  Key peers_key() const {
    EVP_PKEY* key = nullptr;
    SSL_get_peer_tmp_key(client_.get(), &key);
    return Key(key);
  }
  static std::string pass(SSL& from, SSL& to, const std::string& text) {
    EXPECT_EQ(SSL_write(&from, text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
    std::array<char, 100> got{};
    const auto size = SSL_read(&to, got.data(), static_cast<int>(got.size()));
    return size > 0 ? std::string(got.data(), static_cast<std::size_t>(size)) : "nothing";
  }

  fakes::TestPki pki_;
  Context client_context_{SSL_CTX_new(TLS_client_method())};
  Context server_context_{SSL_CTX_new(TLS_server_method())};
  Connection client_, server_;
};
/// With OpenSSL 3.5 the hybrid too, whose key is the largest; before it, P-384 in its place.
const char* largest_group() {
  return fakes::has_post_quantum_groups() ? "X25519MLKEM768" : "P-384";
}
INSTANTIATE_TEST_SUITE_P(Kinds, HandshakeKeys,
                         testing::Values(Kind{"tls13_x25519", TLS1_3_VERSION, "X25519"},
                                         Kind{"tls13_p256", TLS1_3_VERSION, "P-256"},
                                         Kind{"tls13_largest", TLS1_3_VERSION, largest_group()},
                                         Kind{"tls12_x25519", TLS1_2_VERSION, "X25519:P-256"},
                                         Kind{"tls12_p256", TLS1_2_VERSION, "P-256"}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(HandshakeKeys, are_gone) {
  const auto own = own_key(), peers = peers_key();
  const bool encapsulated = std::string(GetParam().group).find("MLKEM") != std::string::npos;
  ASSERT_EQ(holds(peers), !encapsulated) << "a KEM's answer is no key";
  ASSERT_EQ(own && holds(own), GetParam().version == TLS1_3_VERSION);
  forget_keys(*client_), forget_names(*client_);
  EXPECT_FALSE(holds(peers));
  EXPECT_FALSE(own && holds(own));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_P(HandshakeKeys, names_that_were_asked_for_go_with_them) {
  SSL_set1_host(client_.get(), "api.example.test");
  SSL_set_tlsext_host_name(client_.get(), "api.example.test");
  forget_keys(*client_), forget_names(*client_);
  EXPECT_EQ(X509_VERIFY_PARAM_get0_host(SSL_get0_param(client_.get()), 0), nullptr);
  EXPECT_EQ(SSL_get_servername(client_.get(), TLSEXT_NAMETYPE_host_name), nullptr);
}

TEST_P(HandshakeKeys, are_not_missed) {
  forget_keys(*client_), forget_names(*client_);
  forget_keys(*client_), forget_names(*client_);
  EXPECT_EQ(pass(*client_, *server_, "one"), "one");
  EXPECT_EQ(pass(*server_, *client_, "two"), "two");
  if (GetParam().version == TLS1_3_VERSION) {
    ASSERT_EQ(SSL_key_update(server_.get(), SSL_KEY_UPDATE_REQUESTED), 1);
    EXPECT_EQ(pass(*server_, *client_, "three"), "three") << "keys of the records change";
    EXPECT_EQ(pass(*client_, *server_, "four"), "four");
  }
  EXPECT_EQ(SSL_SESSION_is_resumable(SSL_get_session(client_.get())), 1);
  EXPECT_EQ(SSL_shutdown(client_.get()), 0);
  char byte = 0;
  EXPECT_EQ(SSL_get_error(server_.get(), SSL_read(server_.get(), &byte, 1)), SSL_ERROR_ZERO_RETURN);
}

/// The share of a group that the origin does not choose, with OpenSSL 3.5.
TEST(UnusedKeyShare, is_gone_too_and_is_not_missed) {
  if (!fakes::has_post_quantum_groups()) GTEST_SKIP() << "this OpenSSL sends one share";
  fakes::TestPki pki;
  const auto server_context =
      fakes::make_tls_context(TLS_server_method(), pki.server({"api.example.test"}));
  const Context client_context(SSL_CTX_new(TLS_client_method()));
  ASSERT_EQ(SSL_CTX_set1_groups_list(server_context.get(), "X25519"), 1);
  const Connection client(SSL_new(client_context.get())), server(SSL_new(server_context.get()));
  BIO *to_server = nullptr, *to_client = nullptr;
  ASSERT_EQ(BIO_new_bio_pair(&to_server, 0, &to_client, 0), 1);
  SSL_set_bio(client.get(), to_server, to_server);
  SSL_set_bio(server.get(), to_client, to_client);
  SSL_set_connect_state(client.get());
  SSL_set_accept_state(server.get());
  SSL_do_handshake(client.get());
  auto key = sent_key(*client);
  ASSERT_TRUE(key);
  EXPECT_EQ(EVP_PKEY_is_a(key.get(), "X25519MLKEM768"), 1);
  EVP_PKEY_up_ref(key.get());
  const Key watched(key.get());
  for (int i = 0; i < 10; ++i) SSL_do_handshake(server.get()), SSL_do_handshake(client.get());
  ASSERT_EQ(SSL_is_init_finished(client.get()), 1);
  ASSERT_TRUE(holds(watched));
  forget_key(std::move(key));
  EXPECT_FALSE(holds(watched));
  EXPECT_EQ(SSL_write(client.get(), "x", 1), 1);
  char got = 0;
  EXPECT_EQ(SSL_read(server.get(), &got, 1), 1);
}

}  // namespace
}  // namespace ccnproxy::tls
