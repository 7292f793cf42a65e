#include "fakes/test_pki.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "fakes/failure.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::fakes {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long day_seconds = 24 * 60 * 60;

void must(bool done, const char* what) {
  if (!done) throw Failure(std::string("making a test certificate failed: ") + what);
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  must(key != nullptr, "key");
  return key;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* cert) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  must(PEM_write_bio_X509(bio.get(), cert) == 1, "writing the certificate");
  return text_of(bio);
}

std::string pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()), BIO_free);
  must(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
       "writing the key");
  return text_of(bio);
}

void extend(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr, value.c_str());
  const bool added = X509_add_ext(cert, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  must(added, value.c_str());
}

void set_serial(X509* cert) {
  std::array<unsigned char, 15> bytes{};
  must(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "serial");
  bytes[0] |= 1;  // never zero
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != nullptr;
  BN_free(number);
  must(set, "serial");
}

void set_subject(X509* cert, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(cert);
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                                  -1, 0) == 1,
       "subject");
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> raw{};
  return ::inet_pton(AF_INET, name.c_str(), raw.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), raw.data()) == 1;
}

std::string alternative_names(const TestPki::Names& names) {
  std::string value;
  for (const std::string& name : names) {
    if (!value.empty()) value += ",";
    value += (is_address(name) ? "IP:" : "DNS:") + name;
  }
  return value;
}

}  // namespace

struct TestPki::Folder : TempDir {
  int files = 0;
};

struct TestPki::Validity {
  long from = -day_seconds;
  long until = 30 * day_seconds;
};

struct TestPki::Authority {
  Key key = make_key();
  Cert cert{nullptr, X509_free};

  static Cert prepare(const std::string& common_name, EVP_PKEY* key, Validity validity) {
    Cert made(X509_new(), X509_free);
    must(made && X509_set_version(made.get(), 2) == 1, "new certificate");
    set_serial(made.get());
    X509_gmtime_adj(X509_getm_notBefore(made.get()), validity.from);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), validity.until);
    set_subject(made.get(), common_name);
    must(X509_set_pubkey(made.get(), key) == 1, "public key");
    return made;
  }

  /// Signs as the issuer, or as itself where there is no issuer yet.
  static void sign(X509* made, const Authority* issuer, EVP_PKEY* own_key) {
    X509* issuing = issuer != nullptr ? issuer->cert.get() : made;
    must(X509_set_issuer_name(made, X509_get_subject_name(issuing)) == 1, "issuer");
    extend(made, issuing, NID_subject_key_identifier, "hash");
    extend(made, issuing, NID_authority_key_identifier, "keyid");
    EVP_PKEY* key = issuer != nullptr ? issuer->key.get() : own_key;
    must(X509_sign(made, key, EVP_sha256()) > 0, "signing");
  }

  static std::unique_ptr<Authority> make(const std::string& name, const Authority* issuer,
                                         Validity validity = {}) {
    auto made = std::make_unique<Authority>();
    made->cert = prepare(name, made->key.get(), validity);
    extend(made->cert.get(), made->cert.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(made->cert.get(), made->cert.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(made->cert.get(), issuer, made->key.get());
    return made;
  }
};

TestPki::TestPki()
    : folder_(std::make_unique<Folder>()),
      authority_(Authority::make("ccnproxy test root", nullptr)) {
  ca_ = store(pem(authority_->cert.get()), pem(authority_->key.get()));
}

TestPki::~TestPki() = default;

Certificate TestPki::store(std::string chain_pem, std::string key_pem) {
  const std::string number = std::to_string(folder_->files++);
  Certificate made;
  made.chain_file = folder_->write("chain-" + number + ".pem", chain_pem);
  made.key_file = folder_->write("key-" + number + ".pem", key_pem);
  made.chain_pem = std::move(chain_pem);
  made.key_pem = std::move(key_pem);
  return made;
}

Certificate TestPki::leaf(const Names& names, const Authority& issuer, Validity validity) {
  const Key key = make_key();
  const Cert made = Authority::prepare(names.at(0), key.get(), validity);
  extend(made.get(), issuer.cert.get(), NID_subject_alt_name, alternative_names(names));
  extend(made.get(), issuer.cert.get(), NID_ext_key_usage, "serverAuth");
  Authority::sign(made.get(), &issuer, nullptr);
  return store(pem(made.get()), pem(key.get()));
}

Certificate TestPki::server(const Names& names) { return leaf(names, *authority_, {}); }

Certificate TestPki::expired(const Names& names) {
  return leaf(names, *authority_, {-30 * day_seconds, -day_seconds});
}

Certificate TestPki::not_yet_valid(const Names& names) {
  return leaf(names, *authority_, {day_seconds, 30 * day_seconds});
}

Certificate TestPki::self_signed(const Names& names) {
  const Key key = make_key();
  const Cert made = Authority::prepare(names.at(0), key.get(), {});
  extend(made.get(), made.get(), NID_subject_alt_name, alternative_names(names));
  Authority::sign(made.get(), nullptr, key.get());
  return store(pem(made.get()), pem(key.get()));
}

Certificate TestPki::from_unknown_ca(const Names& names) {
  return leaf(names, *Authority::make("ccnproxy test root", nullptr), {});
}

Certificate TestPki::through_intermediate(const Names& names) {
  const auto middle = Authority::make("ccnproxy test intermediate", authority_.get());
  const Certificate made = leaf(names, *middle, {});
  return store(made.chain_pem + pem(middle->cert.get()), made.key_pem);
}

Certificate TestPki::missing_intermediate(const Names& names) {
  return leaf(names, *Authority::make("ccnproxy test intermediate", authority_.get()), {});
}

TestPki::Chain TestPki::chain(const Names& names, bool intermediate_has_expired) {
  const auto middle = Authority::make(
      "ccnproxy test intermediate", authority_.get(),
      intermediate_has_expired ? Validity{-30 * day_seconds, -day_seconds} : Validity{});
  Chain made;
  made.without_the_chain = leaf(names, *middle, {});
  const std::string intermediate = pem(middle->cert.get());
  made.server =
      store(made.without_the_chain.chain_pem + intermediate, made.without_the_chain.key_pem);
  made.intermediate_file = store(intermediate, "").chain_file;
  return made;
}

Certificate TestPki::common_name_only(const std::string& name) {
  const Key key = make_key();
  const Cert made = Authority::prepare(name, key.get(), {});
  extend(made.get(), authority_->cert.get(), NID_ext_key_usage, "serverAuth");
  Authority::sign(made.get(), authority_.get(), nullptr);
  return store(pem(made.get()), pem(key.get()));
}

Certificate TestPki::client(const std::string& name) {
  const Key key = make_key();
  const Cert made = Authority::prepare(name, key.get(), {});
  extend(made.get(), authority_->cert.get(), NID_ext_key_usage, "clientAuth");
  Authority::sign(made.get(), authority_.get(), nullptr);
  return store(pem(made.get()), pem(key.get()));
}

}  // namespace ccnproxy::fakes
