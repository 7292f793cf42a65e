#include "shared_certificates.h"

#include <algorithm>
#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "ccnproxy/tls/connection_notes.h"

#include "host_match.h"

namespace ccnproxy::tls {
namespace {

struct FreeCertificate {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
struct FreeText {
  void operator()(char* text) const noexcept { OPENSSL_free(text); }
};
using UniqueCertificate = std::unique_ptr<X509, FreeCertificate>;

UniqueCertificate share(X509& certificate) {
  X509_up_ref(&certificate);
  return UniqueCertificate(&certificate);
}

/// OpenSSL does it when they are first asked for. This is before other threads see the certificate;
/// what is wrong with them is found, and told, by the verification.
void read_extensions(X509& certificate) {
  ERR_set_mark();
  X509_check_purpose(&certificate, -1, 0);
  ERR_pop_to_mark();
}

/// The certificates that were seen last, by what they are made of.
class KnownCertificates {
 public:
  explicit KnownCertificates(VerificationTerms terms) : terms_(std::move(terms)) {}

  const VerificationTerms& terms() const noexcept { return terms_; }
  /// The one of these bytes that is known already, or this one, known from now on.
  UniqueCertificate known(X509& certificate) {
    const auto digest = digest_of(certificate);
    if (!digest) return share(certificate);
    const std::lock_guard lock(mutex_);
    if (const auto found = by_digest_.find(*digest); found != by_digest_.end()) {
      latest_first_.splice(latest_first_.begin(), latest_first_, found->second);
    } else {
      read_extensions(certificate);
      latest_first_.push_front({*digest, share(certificate)});
      by_digest_.emplace(*digest, latest_first_.begin());
      if (latest_first_.size() > most) forget_oldest();
    }
    return share(*latest_first_.front().certificate);
  }

 private:
  static constexpr std::size_t most = 256;
  using Digest = std::array<unsigned char, 32>;
  struct Entry {
    Digest digest;
    UniqueCertificate certificate;
  };

  static std::optional<Digest> digest_of(const X509& certificate) {
    Digest digest;
    unsigned size = digest.size();
    if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return std::nullopt;
    return digest;
  }

  void forget_oldest() {
    by_digest_.erase(latest_first_.back().digest);
    latest_first_.pop_back();
  }

  const VerificationTerms terms_;
  std::mutex mutex_;  ///< guards what follows
  std::list<Entry> latest_first_;
  std::map<Digest, std::list<Entry>::iterator> by_digest_;
};

/// Whether a certificate is looked for a name or an address at all.
bool expects_a_name(X509_VERIFY_PARAM* terms) {
  if (X509_VERIFY_PARAM_get0_host(terms, 0)) return true;
  const std::unique_ptr<char, FreeText> address(X509_VERIFY_PARAM_get1_ip_asc(terms));
  return address != nullptr;
}

/// OpenSSL asks about each fault that it finds. One of the name is none where our own rule, curl's,
/// finds the name in the certificate (F126); all else that is checked stays checked.
int judge_step(int good, X509_STORE_CTX* verification) {
  if (good || X509_STORE_CTX_get_error(verification) != X509_V_ERR_HOSTNAME_MISMATCH) return good;
  const char* host = X509_VERIFY_PARAM_get0_host(X509_STORE_CTX_get0_param(verification), 0);
  const auto* shown = X509_STORE_CTX_get0_cert(verification);
  if (!host || !shown || !is_for_host(*shown, host)) return 0;
  X509_STORE_CTX_set_error(verification, X509_V_OK);
  return 1;
}

void note_fault(const X509_STORE_CTX& verification, const VerificationTerms& terms) {
  const auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(&verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* notes = ssl ? ConnectionNotes::of(*ssl) : nullptr;
  if (!notes || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return;
  notes->fault = std::make_unique<CertificateFault>(fault_of(verification, terms));
}

/// The chain that the connection will keep is the one that is verified here, before it is.
int share_and_verify(X509_STORE_CTX* verification, void* shared) {
  auto& known = *static_cast<KnownCertificates*>(shared);
  auto* chain = X509_STORE_CTX_get0_untrusted(verification);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    auto* shown = sk_X509_value(chain, i);
    auto* kept = known.known(*shown).release();
    if (X509_STORE_CTX_get0_cert(verification) == shown)
      X509_STORE_CTX_set_cert(verification, kept);
    sk_X509_set(chain, i, kept);
    X509_free(shown);
  }
  bool good = expects_a_name(X509_STORE_CTX_get0_param(verification));
  if (good) {
    X509_STORE_CTX_set_verify_cb(verification, judge_step);
    good = X509_verify_cert(verification) > 0;  // below 0: it could not be done
  } else {
    X509_STORE_CTX_set_error(verification, X509_V_ERR_HOSTNAME_MISMATCH);
  }
  if (!good) note_fault(*verification, known.terms());
  return good ? 1 : 0;
}

void free_known(void*, void* known, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<KnownCertificates*>(known);
}

}  // namespace

void share_certificates(ssl_ctx_st& context, VerificationTerms terms) {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_known);
  auto known = std::make_unique<KnownCertificates>(std::move(terms));
  if (slot < 0 || SSL_CTX_set_ex_data(&context, slot, known.get()) != 1)
    throw std::runtime_error("OpenSSL has no place for certificates");
  SSL_CTX_set_cert_verify_callback(&context, share_and_verify, known.release());
}

void read_trusted_extensions(ssl_ctx_st& context) {
  const auto* trusted = X509_STORE_get0_objects(SSL_CTX_get_cert_store(&context));
  for (int i = 0; i < sk_X509_OBJECT_num(trusted); ++i) {
    if (auto* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(trusted, i)))
      read_extensions(*certificate);
  }
}

}  // namespace ccnproxy::tls
