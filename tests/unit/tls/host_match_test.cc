// Which names of a certificate stand for which hosts: as OpenSSL has it, and underscores.

#include "tls/host_match.h"

#include <random>

#include <gtest/gtest.h>
#include <openssl/x509v3.h>

namespace ccnproxy::tls {
namespace {

struct Row {
  std::string_view name;
  std::string_view host;
  bool matches;
};

constexpr std::string_view nul_name("a_b.example.test\0.evil.test", 27);

const Row rows[] = {
    {"a_b.example.test", "a_b.example.test", true},
    {"A_B.Example.Test", "a_b.example.test", true},
    {"*.example.test", "a_b.example.test", true},
    {"*.EXAMPLE.test", "_a.example.test", true},
    {"*.example.test", "a_.example.test", true},
    {"*.example.test", "_.example.test", true},
    {"*.my_shop.example.test", "a.my_shop.example.test", true},
    {"*.my_shop.test", "a_b.my_shop.test", true},
    {"*.example.test", "xn--a_b-cta.example.test", true},
    {"*.xn--a_b.test", "a.xn--a_b.test", true},
    {"*.-x-.example.test", "a_b.-x-.example.test", true},
    // the first label alone, and the whole of it
    {"*.example.test", "example.test", false},
    {"*.example.test", ".example.test", false},
    {"*.example.test", "a.b_c.example.test", false},
    {"*.example.test", "a_b.example.test.evil.test", false},
    {"*.example.test", "a_b.evilexample.test", false},
    {"a_*.example.test", "a_b.example.test", false},
    {"*_b.example.test", "a_b.example.test", false},
    {"a*b.example.test", "a_b.example.test", false},
    {"a_b.*.test", "a_b.example.test", false},
    {"*.*.test", "a_b.example.test", false},
    {"**.example.test", "a_b.example.test", false},
    {"*", "a_b", false},
    {"*.", "a_b", false},
    {"*.test", "a_b.test", false},
    {"*.t_t", "a.t_t", false},
    {"*..test", "a_b..test", false},
    {"*.example..test", "a_b.example..test", false},
    // what can be read two ways
    {nul_name, "a_b.example.test", false},
    {"*.example.test.", "a_b.example.test", false},
    {"a_b.example.test.", "a_b.example.test", false},
    {"a_b.example.test", "a_b.example.test.", false},
    {" a_b.example.test", "a_b.example.test", false},
    {"*.example.test\n", "a_b.example.test", false},
    {"*.ex\xc3\xa4mple.test", "a_b.ex\xc3\xa4mple.test", false},
    {"*.example.test", "*.example.test", false},
    {"", "", false},
    {"", "a_b.test", false},
    {"*.0.0.1", "127.0.0.1", false},
};

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using UniqueCertificate = std::unique_ptr<X509, FreeCertificate>;

void add_name(GENERAL_NAMES* names, int type, std::string_view bytes) {
  auto* value = ASN1_STRING_type_new(type == GEN_DNS ? V_ASN1_IA5STRING : V_ASN1_OCTET_STRING);
  ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size()));
  auto* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, value);
  sk_GENERAL_NAME_push(names, name);
}

/// As they are, well-formed or not.
UniqueCertificate certificate(const std::vector<std::string_view>& dns_names,
                              std::string_view common_name = "", bool with_address = false) {
  UniqueCertificate made(X509_new());
  if (!common_name.empty())
    X509_NAME_add_entry_by_NID(X509_get_subject_name(made.get()), NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.data()),
                               static_cast<int>(common_name.size()), -1, 0);
  auto* names = GENERAL_NAMES_new();
  for (const auto name : dns_names) add_name(names, GEN_DNS, name);
  if (with_address) add_name(names, GEN_IPADD, {"\x7f\0\0\1", 4});
  if (sk_GENERAL_NAME_num(names) > 0)
    X509_add1_ext_i2d(made.get(), NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
  GENERAL_NAMES_free(names);
  return made;
}

bool openssl_finds(const X509& certificate, std::string_view host) {
  return X509_check_host(const_cast<X509*>(&certificate), host.data(), host.size(),
                         X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
}

TEST(HostMatch, F126_names_and_hosts) {
  for (const auto& row : rows) {
    if (row.name != "*.0.0.1") {
      EXPECT_EQ(name_matches(row.name, row.host), row.matches) << row.name << " " << row.host;
    }
    EXPECT_EQ(is_for_host(*certificate({row.name}), row.host), row.matches)
        << row.name << " " << row.host;
  }
}

TEST(HostMatch, F126_any_of_the_dns_names_will_do) {
  EXPECT_TRUE(is_for_host(*certificate({"x.test", "*.a.test", "*.b.test"}), "u_v.b.test"));
  EXPECT_FALSE(is_for_host(*certificate({"x.test", "*.a.test", "*.b.test"}), "u_v.c.test"));
}

TEST(HostMatch, F126_a_common_name_counts_only_without_dns_names) {
  EXPECT_TRUE(is_for_host(*certificate({}, "*.example.test"), "a_b.example.test"));
  EXPECT_TRUE(is_for_host(*certificate({}, "*.example.test", true), "a_b.example.test"));
  EXPECT_FALSE(is_for_host(*certificate({"x.test"}, "*.example.test"), "a_b.example.test"));
  EXPECT_FALSE(is_for_host(*certificate({}, "Example Ltd"), "a_b.example.test"));
  EXPECT_FALSE(is_for_host(*certificate({}), "a_b.example.test"));
}

TEST(HostMatch, F126_an_address_is_no_name) {
  EXPECT_FALSE(is_for_host(*certificate({"127.0.0.1"}), "127.0.0.1"));
  EXPECT_FALSE(is_for_host(*certificate({}, "127.0.0.1"), "127.0.0.1"));
  EXPECT_FALSE(is_for_host(*certificate({"::1"}), "::1"));
}

/// Names and hosts that often nearly match, from few labels.
class Generator {
 public:
  explicit Generator(bool underscores) : underscores_(underscores) {}

  std::string host() { return labels(1 + below(4)); }
  /// Mostly made from the host: a label changed, dropped, put before, or starred.
  std::string name_for(const std::string& host) {
    auto name = below(8) == 0 ? labels(1 + below(4)) : host;
    const auto dot = name.find('.');
    switch (below(7)) {
      case 0:
        return "*" + (dot == name.npos ? "" : name.substr(dot));
      case 1:
        return "*." + name;
      case 2:
        return label() + "." + name;
      case 3:
        return dot == name.npos ? name : name.substr(dot + 1);
      case 4:
        name[below(name.size())] = '*';
        return name;
      case 5:
        name[below(name.size())] = "aAbB0*.-"[below(8)];
        return name;
      default:
        return name;
    }
  }

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string label() {
    static constexpr std::array plain{"a", "b", "A", "a0", "b-c", "xn--a", "www", "example"};
    static constexpr std::array more{"a_b", "_a", "a_", "_", "xn--_a", "A_B"};
    return underscores_ && below(2) ? more[below(more.size())] : plain[below(plain.size())];
  }
  std::string labels(std::size_t n) {
    auto text = label();
    while (--n > 0) text += "." + label();
    return text;
  }

  bool underscores_;
  std::mt19937 random_{20261129};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
};

/// Hyphens at the edge of a label are the other thing that OpenSSL's wildcards refuse.
bool has_edge_hyphen(const std::string& name) {
  return name.starts_with('-') || name.ends_with('-') || name.find("-.") != name.npos ||
         name.find(".-") != name.npos;
}

TEST(HostMatch, F126_without_underscores_it_is_openssls_own_rule) {
  Generator generate(false);
  int compared = 0;
  int matched = 0;
  while (compared < 20'000) {
    const auto host = generate.host();
    const auto name = generate.name_for(host);
    if (has_edge_hyphen(name) || name.ends_with('.') || name.empty()) continue;
    const auto shown = certificate({name});
    const bool ours = is_for_host(*shown, host);
    ASSERT_EQ(ours, openssl_finds(*shown, host)) << name << " " << host;
    matched += ours ? 1 : 0;
    ++compared;
  }
  EXPECT_GT(matched, 1000);
}

TEST(HostMatch, F126_with_underscores_it_is_openssls_rule_for_letters) {
  Generator generate(true);
  const auto as_letters = [](std::string text) {
    std::replace(text.begin(), text.end(), '_', 'u');
    return text;
  };
  int only_ours = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto host = generate.host();
    const auto name = generate.name_for(host);
    if (has_edge_hyphen(name) || name.ends_with('.') || name.empty()) continue;
    const auto shown = certificate({name});
    const bool ours = is_for_host(*shown, host);
    const bool theirs = openssl_finds(*shown, host);
    if (theirs) {
      ASSERT_TRUE(ours) << name << " " << host;
    }
    if (ours) {
      ASSERT_TRUE(openssl_finds(*certificate({as_letters(name)}), as_letters(host)))
          << name << " " << host;
    }
    only_ours += ours && !theirs ? 1 : 0;
  }
  EXPECT_GT(only_ours, 500);
}

}  // namespace
}  // namespace ccnproxy::tls
