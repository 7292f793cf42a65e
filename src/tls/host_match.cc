#include "host_match.h"

#include <algorithm>
#include <memory>
#include <string>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "ccnproxy/config/host_name.h"

namespace ccnproxy::tls {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// NUL, controls, bytes above 0x7f and `*` are none of them.
bool is_label_char(char c) noexcept {
  const char l = lower(c);
  return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '-' || l == '_';
}

/// How many labels; 0 if it is no name of labels that are not empty.
std::size_t count_labels(std::string_view name) noexcept {
  std::size_t labels = 0;
  while (!name.empty()) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (label.empty() || !std::all_of(label.begin(), label.end(), is_label_char)) return 0;
    ++labels;
    if (dot == name.npos) return labels;
    name.remove_prefix(dot + 1);
  }
  return 0;  // it ends in a dot
}

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};
struct FreeText {
  void operator()(unsigned char* text) const noexcept { OPENSSL_free(text); }
};

std::string_view view_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

bool common_name_matches(const X509_NAME& subject, std::string_view host) {
  int at = -1;
  while ((at = X509_NAME_get_index_by_NID(&subject, NID_commonName, at)) >= 0) {
    const auto* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&subject, at));
    unsigned char* bytes = nullptr;
    const int size = ASN1_STRING_to_UTF8(&bytes, value);
    const std::unique_ptr<unsigned char, FreeText> text(bytes);
    if (size < 0) continue;
    if (name_matches({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}, host))
      return true;
  }
  return false;
}

}  // namespace

bool name_matches(std::string_view name, std::string_view host) noexcept {
  if (count_labels(host) == 0) return false;
  if (!name.starts_with("*.")) return count_labels(name) > 0 && equal(name, host);
  constexpr std::size_t least_labels = 2;  // `*.com` would match all of com
  const auto domain = name.substr(2);
  const auto dot = host.find('.');
  return dot != host.npos && count_labels(domain) >= least_labels &&
         equal(domain, host.substr(dot + 1));
}

bool is_for_host(const x509_st& certificate, std::string_view host) {
  if (config::canonical_address(host)) return false;
  ERR_set_mark();
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  ERR_pop_to_mark();
  bool has_dns_name = false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    has_dns_name = true;
    if (name_matches(view_of(*name->d.dNSName), host)) return true;
  }
  if (has_dns_name) return false;
  return common_name_matches(*X509_get_subject_name(&certificate), host);
}

}  // namespace ccnproxy::tls
