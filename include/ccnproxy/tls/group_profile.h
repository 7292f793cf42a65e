#pragma once

#include <cstdint>
#include <vector>

#include "ccnproxy/tls/group_choice.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

/// The groups that connections of a context offer by themselves, as OpenSSL and the system's policy
/// have it, and how one of them offers them otherwise. Read off a ClientHello that is made for that
/// and goes nowhere: OpenSSL has no call that tells. Immutable.
class GroupProfile {
 public:
  explicit GroupProfile(ssl_ctx_st& context);

  /// A ClientHello by itself is large.
  bool is_large() const noexcept { return large_; }
  /// Whether there is anything to learn: groups are known by names that this library takes.
  bool can_vary() const noexcept { return can_vary_; }
  /// The group of the only key share of an unmodified ClientHello; 0 if it has several.
  std::uint16_t only_share() const noexcept;
  /// Before the handshake. Where the library refuses it the connection offers what it would by
  /// itself.
  void apply(ssl_st& connection, const GroupOffer& offer) const;

 private:
  std::vector<std::uint16_t> supported_;
  std::vector<std::uint16_t> shares_;
  bool marks_shares_ = false;  ///< `*` marks a group with a key share (OpenSSL 3.5)
  bool large_ = false;
  bool can_vary_ = false;
};

}  // namespace ccnproxy::tls
