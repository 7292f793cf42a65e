#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/origin/origin.h"

namespace ccnproxy::route {

/// An index of host patterns (config::HostPattern). The cost of a search depends on the host's
/// labels, not on the number of patterns.
class HostRules {
 public:
  explicit HostRules(const std::vector<std::string>& texts);

  bool empty() const noexcept { return texts_.empty(); }
  /// The text of the most specific pattern that matches; null if none does.
  const std::string* find(std::string_view host, std::uint16_t port) const;
  /// As find(), also for the IPv4 addresses that an IPv6 address may embed: for deny lists.
  const std::string* find_in_any_form(std::string_view host, std::uint16_t port) const;

 private:
  struct Rule {
    std::uint16_t port;  ///< 0: every one
    std::size_t text;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Rules = std::vector<Rule>;
  using ByHost = std::unordered_map<std::string, Rules, Hash, std::equal_to<>>;

  const std::string* find_in(const Rules& rules, std::uint16_t port) const;
  const std::string* find_in(const ByHost& rules, std::string_view host, std::uint16_t port) const;

  std::vector<std::string> texts_;
  ByHost exact_;
  ByHost below_;  ///< by what stands behind `*.`
  Rules all_;
};

/// The decision about an origin, with the rule behind it.
struct AclDecision {
  bool allowed = true;
  std::string rule;  ///< as in the configuration; empty where no rule matched
  /// If denied: the error for the client, and one line of text, which can stand in Proxy-Status.
  ErrorType type = ErrorType::http_request_denied;
  std::string reason;
};

/// The access control list of origins (`origins.allow`, `origins.deny`), as far as it can be
/// checked before DNS: by name and port, and by address if the name is one. Each connection is
/// checked again by its address (origin::AddressAcl). With an `upstream`, no other origin is
/// allowed.
///
/// Pure; made once from a checked configuration and then only read. For each new origin, not for
/// each request.
class OriginAcl {
 public:
  /// `config` must outlive it.
  explicit OriginAcl(const config::Config& config);

  AclDecision judge(const origin::Origin& origin) const;

 private:
  AclDecision judge_address(const origin::Origin& origin, AclDecision so_far) const;

  const config::Config& config_;
  HostRules allow_;
  HostRules deny_;
  AddressList deny_addresses_;
};

}  // namespace ccnproxy::route
