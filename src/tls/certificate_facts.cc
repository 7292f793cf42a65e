#include "ccnproxy/tls/certificate_facts.h"

#include <array>
#include <memory>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "certificate_time.h"

namespace ccnproxy::tls {
namespace {

constexpr std::size_t most_names = 5;
constexpr std::size_t most_text = 120;  ///< of one name; a DNS name can have twice as many

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

std::string_view view_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  char* bytes = nullptr;
  if (!name || !out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return printable({bytes, static_cast<std::size_t>(size)});
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (bytes.size() == sizeof(in_addr)) inet_ntop(AF_INET, bytes.data(), out.data(), out.size());
  if (bytes.size() == sizeof(in6_addr)) inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  return out.data();
}

std::string text_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) return printable(view_of(*name.d.dNSName));
  return name.type == GEN_IPADD ? address_text(view_of(*name.d.iPAddress)) : std::string();
}

void add_alternative_names(const x509_st& certificate, CertificateFacts& facts) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    if (facts.names.size() == most_names) {
      ++facts.more_names;
    } else {
      facts.names.push_back(text_of(*name));
    }
  }
}

void add_common_name(const X509_NAME& subject, CertificateFacts& facts) {
  const int at = X509_NAME_get_index_by_NID(&subject, NID_commonName, -1);
  if (at < 0) return;
  const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&subject, at));
  facts.names.push_back(printable(view_of(*value)));
}

std::time_t begin_of(const x509_st& certificate) {
  std::tm at{};
  if (ASN1_TIME_to_tm(X509_get0_notBefore(&certificate), &at) != 1) return 0;
  return timegm(&at);
}

}  // namespace

CertificateFacts facts_of(const x509_st& certificate) {
  ERR_set_mark();
  CertificateFacts facts;
  facts.subject = text_of(X509_get_subject_name(&certificate));
  facts.issuer = text_of(X509_get_issuer_name(&certificate));
  facts.begins = begin_of(certificate);
  facts.ends = end_of(certificate);
  add_alternative_names(certificate, facts);
  if (facts.names.empty()) add_common_name(*X509_get_subject_name(&certificate), facts);
  ERR_pop_to_mark();
  return facts;
}

std::string names_text(const CertificateFacts& facts) {
  if (facts.names.empty()) return "no name";
  std::string text;
  for (const auto& name : facts.names) text += (text.empty() ? "" : ", ") + name;
  if (facts.more_names > 0) text += " and " + std::to_string(facts.more_names) + " more names";
  return text;
}

std::string utc_text(std::time_t time) {
  std::tm at{};
  gmtime_r(&time, &at);
  std::array<char, 32> out{};
  return {out.data(), std::strftime(out.data(), out.size(), "%Y-%m-%dT%H:%M:%SZ", &at)};
}

std::string printable(std::string_view bytes) {
  std::string text(bytes.substr(0, most_text));
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (bytes.size() > most_text) text += "...";
  return text;
}

}  // namespace ccnproxy::tls
