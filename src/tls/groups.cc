#include "ccnproxy/tls/groups.h"

#include <memory>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace ccnproxy::tls {
namespace {

bool is_known(SSL_CTX& ctx, const std::string& group) {
  const bool known = SSL_CTX_set1_groups_list(&ctx, group.c_str()) == 1;
  ERR_clear_error();
  return known;
}

struct Group {
  std::uint16_t number;
  int nid;  ///< of OpenSSL's objects; NID_undef: it has none
  const char* name;
};

constexpr Group groups_by_number[] = {
    {0x0017, NID_X9_62_prime256v1, "P-256"},
    {0x0018, NID_secp384r1, "P-384"},
    {0x0019, NID_secp521r1, "P-521"},
    {0x001d, NID_X25519, "X25519"},
    {0x001e, NID_X448, "X448"},
    {0x001f, NID_undef, "brainpoolP256r1tls13"},
    {0x0020, NID_undef, "brainpoolP384r1tls13"},
    {0x0021, NID_undef, "brainpoolP512r1tls13"},
    {0x0100, NID_ffdhe2048, "ffdhe2048"},
    {0x0101, NID_ffdhe3072, "ffdhe3072"},
    {0x0102, NID_ffdhe4096, "ffdhe4096"},
    {0x0103, NID_ffdhe6144, "ffdhe6144"},
    {0x0104, NID_ffdhe8192, "ffdhe8192"},
    {0x0200, NID_undef, "MLKEM512"},
    {0x0201, NID_undef, "MLKEM768"},
    {0x0202, NID_undef, "MLKEM1024"},
    {0x11eb, NID_undef, "SecP256r1MLKEM768"},
    {0x11ec, NID_undef, "X25519MLKEM768"},
    {0x11ed, NID_undef, "SecP384r1MLKEM1024"},
};

/// The library that runs, not the one that this was compiled with.
std::string lack_of(const std::string& group) {
  std::string what = "names a group that OpenSSL ";
  what += OpenSSL_version(OPENSSL_VERSION_STRING);
  what += " does not have: `";
  what += group;
  what += '`';
  if (group.find("MLKEM") != group.npos) what += " (ML-KEM needs OpenSSL 3.5 or newer)";
  return what;
}

}  // namespace

std::optional<GroupFault> find_group_fault(const std::vector<std::string>& groups) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx(SSL_CTX_new(TLS_client_method()),
                                                         SSL_CTX_free);
  if (!ctx) return GroupFault{0, "can't be checked: no memory for TLS"};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (!is_known(*ctx, groups[i])) return GroupFault{i, lack_of(groups[i])};
  }
  // All are known: what is left is one by two names, or too many.
  if (groups.empty() || is_known(*ctx, group_list(groups))) return std::nullopt;
  return GroupFault{groups.size() - 1,
                    "ends a list that OpenSSL does not take: is a group in it "
                    "twice, maybe by two names?"};
}

std::string_view group_name(std::uint16_t group) {
  for (const auto& known : groups_by_number) {
    if (known.number == group) return known.name;
  }
  return {};
}

/// OpenSSL tells its own number of the object where it has one.
std::uint16_t agreed_group(const ssl_st& ssl) {
  const auto told = SSL_get_negotiated_group(const_cast<SSL*>(&ssl));  // SSL_ctrl: not const
  if (told <= 0) return 0;
  if (told & TLSEXT_nid_unknown) return static_cast<std::uint16_t>(told & 0xffff);
  for (const auto& known : groups_by_number) {
    if (known.nid == told) return known.number;
  }
  return 0;
}

std::string group_list(const std::vector<std::string>& groups) {
  std::string list;
  for (const auto& group : groups) {
    if (!list.empty()) list += ':';
    list += group;
  }
  return list;
}

}  // namespace ccnproxy::tls
