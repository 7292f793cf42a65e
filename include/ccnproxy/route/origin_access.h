#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/address_list.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/origin.h"

namespace ccnproxy::route {

/// Host patterns (config::HostPattern) to be searched for one host. What a search costs depends on
/// the host's labels, not on how many patterns there are.
class HostRules {
 public:
  explicit HostRules(const std::vector<std::string>& texts);

  bool empty() const noexcept { return texts_.empty(); }
  /// The text of a pattern that matches, the most exact one; null if none does.
  const std::string* find(std::string_view host, std::uint16_t port) const;
  /// As find(), also for the IPv4 addresses that an IPv6 address may only be another way to write:
  /// for lists of what is denied.
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

/// Whether an origin may be asked for, and by which rule.
struct AccessDecision {
  bool allowed = true;
  std::string rule;  ///< as in the configuration; empty where no rule matched
  /// Only if it is not allowed: what the client gets, and one line for a person, which can stand in
  /// Proxy-Status.
  ErrorType type = ErrorType::http_request_denied;
  std::string reason;
};

/// Which origins may be asked for (`origins.allow`, `origins.deny`), as far as that can be said
/// before DNS is asked: by name and port, and by address where the name is one. Every connection
/// is judged again by its address (origin::AddressAccess). With an `upstream`, no other origin.
///
/// Pure; made once from a checked configuration and then only read. For each new origin, not for
/// each request.
class OriginAccess {
 public:
  /// `config` must outlive it.
  explicit OriginAccess(const config::Config& config);

  AccessDecision judge(const origin::Origin& origin) const;

 private:
  AccessDecision judge_address(const origin::Origin& origin, AccessDecision so_far) const;

  const config::Config& config_;
  HostRules allow_;
  HostRules deny_;
  AddressList deny_addresses_;
};

}  // namespace ccnproxy::route
