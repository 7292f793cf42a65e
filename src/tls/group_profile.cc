#include "ccnproxy/tls/group_profile.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/groups.h"

#include "client_hello.h"

namespace ccnproxy::tls {
namespace {

using Connection = std::unique_ptr<SSL, void (*)(SSL*)>;

/// Record by record, as a ClientHello that is larger than one record is not made.
constexpr std::size_t record_header = 5;

std::string first_flight(SSL& ssl) {
  auto* in = BIO_new(BIO_s_mem());
  auto* out = BIO_new(BIO_s_mem());
  SSL_set_bio(&ssl, in, out);
  if (!in || !out) return "";
  SSL_set_connect_state(&ssl);
  SSL_do_handshake(&ssl);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out, &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

OfferedGroups groups_of(SSL_CTX& context) {
  const Connection ssl(SSL_new(&context), SSL_free);
  if (!ssl) return {};
  const auto flight = first_flight(*ssl);
  ERR_clear_error();
  if (flight.size() < record_header) return {};
  return read_client_hello(std::string_view(flight).substr(record_header))
      .value_or(OfferedGroups());
}

bool takes(SSL_CTX& context, const std::string& groups) {
  const Connection ssl(SSL_new(&context), SSL_free);
  const bool taken = ssl && SSL_set1_groups_list(ssl.get(), groups.c_str()) == 1;
  ERR_clear_error();
  return taken;
}

}  // namespace

GroupProfile::GroupProfile(ssl_ctx_st& context) {
  auto offered = groups_of(context);
  supported_ = std::move(offered.supported);
  shares_ = std::move(offered.shares);
  large_ = std::any_of(shares_.begin(), shares_.end(), is_post_quantum);
  std::vector<std::string> names;
  for (const auto group : supported_) names.emplace_back(group_name(group));
  const bool all_known = std::none_of(names.begin(), names.end(), std::mem_fn(&std::string::empty));
  can_vary_ = !names.empty() && all_known && takes(context, group_list(names));
  marks_shares_ = can_vary_ && takes(context, '*' + names.front());
}

std::uint16_t GroupProfile::only_share() const noexcept {
  return shares_.size() == 1 ? shares_.front() : std::uint16_t{0};
}

/// Without a mark OpenSSL sends a share of the first group.
void GroupProfile::apply(ssl_st& connection, const GroupOffer& offer) const {
  const bool by_itself = !offer.classic_only && (offer.share == 0 || offer.share == only_share());
  if (!can_vary_ || by_itself) return;
  auto groups = supported_;
  if (offer.classic_only) std::erase_if(groups, is_post_quantum);
  if (groups.empty()) return;
  const auto found = std::find(groups.begin(), groups.end(), offer.share);
  const auto share = found == groups.end() ? groups.front() : *found;
  if (!marks_shares_) {
    std::stable_partition(groups.begin(), groups.end(), [&](auto g) { return g == share; });
  }
  std::vector<std::string> names;
  for (const auto group : groups)
    names.emplace_back(marks_shares_ && group == share ? "*" : "").append(group_name(group));
  SSL_set1_groups_list(&connection, group_list(names).c_str());
  ERR_clear_error();
}

}  // namespace ccnproxy::tls
