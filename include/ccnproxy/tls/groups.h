#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;

namespace ccnproxy::tls {

/// What is wrong with one of the groups of `tls.groups`.
struct GroupFault {
  std::size_t index;  ///< in the list
  std::string what;   ///< completes "`tls.groups[0]` ..."
};

/// The first group that this OpenSSL, as this system sets it up, can't offer.
std::optional<GroupFault> find_group_fault(const std::vector<std::string>& groups);

/// In the form of SSL_CTX_set1_groups_list(3).
std::string group_list(const std::vector<std::string>& groups);

/// The group of this number (IANA's registry "TLS Supported Groups"), by the name that `tls.groups`
/// takes; empty where it is not known. Pure; the text is part of the program.
std::string_view group_name(std::uint16_t group);

/// The number of the group that a finished handshake agreed on; 0 where there was none (RSA's key
/// exchange of TLS 1.2) or it has no number.
std::uint16_t agreed_group(const ssl_st& ssl);

}  // namespace ccnproxy::tls
